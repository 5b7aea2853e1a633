import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress, type ProgressReporter } from '../../../src/cli/progress.ts';
import { BarProgress } from '../../../src/cli/progress-bar.ts';
import { formatCount, formatDuration, Pace } from '../../../src/cli/progress-rate.ts';

interface Setup {
  readonly reporter: ProgressReporter;
  /** Moves the clock on by seconds. */
  wait(seconds: number): void;
  text(): string;
}

function setup(options: { format?: 'text' | 'json'; quiet?: boolean; tty?: boolean }): Setup {
  const stream = Object.assign(new PassThrough(), { isTTY: options.tty ?? false, columns: 100 });
  let clock = 1000;
  const reporter = createProgress({
    format: options.format ?? 'text',
    quiet: options.quiet ?? false,
    stream: stream as unknown as NodeJS.WriteStream,
    now: () => clock,
  });
  let seen = '';
  return {
    reporter,
    wait: (seconds) => {
      clock += 1000 * seconds;
    },
    text: () => {
      seen += String(stream.read() ?? '');
      return seen;
    },
  };
}

describe('progress without a terminal', () => {
  it('writes a line every few seconds, with rate and time left', () => {
    const { reporter, wait, text } = setup({});
    reporter.start(100_000_000, 'samples');
    for (let step = 1; step <= 12; step++) {
      wait(1);
      reporter.update(step * 5_000_000, 'simulate');
    }
    expect(text()).toBe(
      'simulate: 25%, 5.00 M samples/s, 15 s left\n' + 'simulate: 50%, 5.00 M samples/s, 10 s left\n',
    );
    reporter.note('block 3 again');
    reporter.stop();
    reporter.stop();
    expect(text()).toMatch(/\nblock 3 again\n60\.0 M samples in 12 s\n$/);
  });

  it('leaves what was done before out of the rate', () => {
    const { reporter, wait, text } = setup({});
    reporter.start(1000, 'samples', 900);
    wait(10);
    reporter.update(950, 'simulate');
    expect(text()).toBe('simulate: 95%, 5 samples/s, 10 s left\n');
  });

  it('writes one JSON object a line with format json', () => {
    const { reporter, wait, text } = setup({ format: 'json', tty: true });
    reporter.note('first "words"');
    reporter.start(100, 'samples');
    wait(2);
    reporter.update(50, 'simulate');
    wait(0.1);
    reporter.update(60, 'simulate');
    reporter.update(100, 'derive');
    reporter.stop();
    const events = text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ time: _, ...event }) => event)).toEqual([
      { event: 'note', message: 'first "words"' },
      { event: 'start', total: 100, unit: 'samples', done: 0 },
      { event: 'progress', stage: 'simulate', done: 50, total: 100, rate: 25, secondsLeft: 2 },
      { event: 'progress', stage: 'derive', done: 100, total: 100, rate: 100 / 2.1, secondsLeft: 0 },
      { event: 'stop', done: 100, total: 100, seconds: 2.1 },
    ]);
    for (const { time } of events) expect(time).toMatch(/^\d{4}-.*Z$/);
  });

  it('is silent with quiet, in either format and on a terminal', () => {
    for (const format of ['text', 'json'] as const) {
      const { reporter, wait, text } = setup({ format, quiet: true, tty: true });
      reporter.start(100, 'samples');
      wait(100);
      reporter.update(50, 'simulate');
      reporter.note('words');
      reporter.stop();
      expect(text()).toBe('');
    }
  });
});

describe('progress on a terminal', () => {
  it('draws a bar, lets notes stay above it, and ends with one line', async () => {
    const { reporter, wait, text } = setup({ tty: true });
    reporter.start(1000, 'samples');
    await (reporter as BarProgress).ready;
    wait(1);
    reporter.update(500, 'simulate');
    reporter.note('a note');
    wait(1);
    reporter.update(1000, 'derive');
    reporter.stop();
    const shown = text();
    expect(reporter).toBeInstanceOf(BarProgress);
    expect(shown).toContain('░');
    expect(shown).toContain('starting');
    expect(shown).toContain('\r\u001b[Ka note\n');
    expect(shown).toMatch(/1\.00 k samples in 2\.0 s\n$/);
    expect(shown).not.toContain('\u001b[?25l');
  });

  it('may be stopped before its bar is there, and started again', async () => {
    const { reporter, text } = setup({ tty: true });
    const bar = reporter as BarProgress;
    reporter.start(10, 'samples');
    const first = bar.ready;
    reporter.stop();
    await first;
    expect(text()).toBe('0 samples in 0.0 s\n');
    reporter.start(10, 'cells');
    await bar.ready;
    reporter.stop();
    expect(text()).toContain('starting');
  });
});

describe('Pace', () => {
  it('knows nothing before anything is done, and nothing is left at the end', () => {
    let clock = 0;
    const pace = new Pace(100, 'samples', 0, () => clock);
    clock = 1000;
    expect([pace.summary, pace.percent, pace.rate, pace.left]).toEqual(['starting', 0, Number.NaN, Number.NaN]);
    pace.done = 100;
    expect([pace.left, pace.percent, pace.closing]).toEqual([0, 100, '100 samples in 1.0 s']);
    expect(new Pace(0, 'samples', 0, () => 0).percent).toBe(100);
  });

  it.each([
    [0, '0'],
    [12.34, '12.3'],
    [999.4, '999.4'],
    [999.6, '1.00 k'],
    [1_048_576, '1.05 M'],
    [22.4e9, '22.4 G'],
    [Number.NaN, '?'],
  ])('counts %d as %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it.each([
    [0.2, '1 s'],
    [59.5, '1 min 0 s'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [7199, '2 h 0 min'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('calls %d seconds %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
