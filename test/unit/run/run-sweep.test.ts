import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunError, StoppedError } from '../../../src/errors.ts';
import type { Executor, OpenExecutor } from '../../../src/execute/executor.ts';
import { InlineExecutor } from '../../../src/execute/inline.ts';
import type { Manifest } from '../../../src/run/manifest.ts';
import type { RunOptions } from '../../../src/run/run-options.ts';
import { runSweep } from '../../../src/run/run-sweep.ts';
import type { Tally } from '../../../src/stats/tally.ts';
import { readTallies } from '../../../src/tables/tally-reader.ts';
import { INLINE, tableDigests } from '../../support/run-directories.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { folder } from '../../support/tables.ts';

/** Takes tasks and never does them; `close` lets them fail, as a pool's does. */
class Idle implements Executor {
  readonly parallelism = 1;
  readonly #failures: ((error: Error) => void)[] = [];
  closed = 0;

  submit(): Promise<void> {
    return new Promise((_, fail) => this.#failures.push(fail));
  }

  async close(): Promise<void> {
    this.closed++;
    for (const fail of this.#failures) fail(new Error('terminated'));
  }
}

const manifestOf = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
const temporary = (directory: string) => readdirSync(directory).filter((file) => file.endsWith('.tmp'));

/** Σ y from the bins alone, as docs/tables.md describes them. */
function sumOfBins({ bins, counts, sums }: Tally): number {
  const view = new DataView(new ArrayBuffer(4));
  const single = (bits: number): number => {
    view.setUint32(0, bits);
    return view.getFloat32(0);
  };
  return bins.reduce((total, bin, i) => {
    const middle = ((bin < 0 ? -1 - bin : bin) << 19) + 2 ** 18;
    const place = single(middle + 1) - single(middle);
    const size = (counts[i] as number) * single(middle) + Number(sums[i]) * place;
    return total + (bin < 0 ? -size : size);
  }, 0);
}

/** A run that hangs with both tables open. */
async function hanging(
  options: Partial<RunOptions>,
): Promise<{ directory: string; idle: Idle; run: Promise<unknown> }> {
  const directory = folder();
  const idle = new Idle();
  const run = runSweep(await smallSweep(), { directory, threads: 1, open: async () => idle, ...options });
  run.catch(() => {});
  while (temporary(directory).length < 2) await new Promise((resolve) => setImmediate(resolve));
  return { directory, idle, run };
}

describe('runSweep', () => {
  it('stops at the signal: no temporary file, a manifest that says so, a StoppedError', async () => {
    const controller = new AbortController();
    const { directory, idle, run } = await hanging({ signal: controller.signal });
    expect(manifestOf(directory).status).toBe('running');
    controller.abort();
    await expect(run).rejects.toThrow(StoppedError);
    expect(temporary(directory)).toEqual([]);
    expect(manifestOf(directory)).toMatchObject({ status: 'stopped', error: null });
    expect(idle.closed).toBeGreaterThan(0);
  });

  it('stays finished when it is abandoned while its executor closes', async () => {
    const controller = new AbortController();
    const directory = folder();
    const open: OpenExecutor = async (...args) => {
      const executor = await INLINE.open(...args);
      const close = async () => {
        controller.abort();
        await executor.close();
      };
      return { parallelism: 1, submit: (task) => executor.submit(task), close };
    };
    await runSweep(await smallSweep(), { ...INLINE, directory, open, abandon: controller.signal });
    expect(controller.signal.aborted).toBe(true);
    expect(manifestOf(directory).status).toBe('finished');
  });

  it('starts over only once it can begin, and says how it goes on after a stop', async () => {
    const directory = folder();
    await runSweep(await smallSweep(), { ...INLINE, directory });
    const before = tableDigests(directory);
    const open: OpenExecutor = async () => {
      throw new RunError({ where: 'the test', remedy: 'wait' });
    };
    await expect(runSweep(await smallSweep(), { ...INLINE, directory, open, fresh: true })).rejects.toThrow('the test');
    expect(manifestOf(directory).status).toBe('finished');
    expect(tableDigests(directory)).toEqual(before);
    const signal = AbortSignal.abort();
    const stopped = runSweep(await smallSweep(), { ...INLINE, directory, signal, fresh: true });
    await expect(stopped).rejects.toThrow('the same command without --fresh goes on');
  });

  it('touches nothing in the directory of another program, whatever its files are called', async () => {
    const directory = folder();
    const files = { 'sweep.json': '{"method":"bayes"}', 'estimates.arrow': 'precious', lock: 'mine' };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(directory, name), text);
      utimesSync(join(directory, name), 0, 0);
    }
    await expect(runSweep(await smallSweep(), { ...INLINE, directory, fresh: true })).rejects.toThrow(
      'another program',
    );
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join(directory, name), 'utf8')).toBe(text);
    await expect(runSweep(await smallSweep(), { ...INLINE, directory: '' })).rejects.toThrow('the path of a directory');
  });

  it('is in order as soon as it is abandoned', async () => {
    const controller = new AbortController();
    const { directory, idle } = await hanging({ abandon: controller.signal });
    controller.abort();
    // Not awaited: the process would be gone by now.
    expect(temporary(directory)).toEqual([]);
    expect(manifestOf(directory)).toMatchObject({ status: 'stopped', error: null });
    await idle.close();
  });

  it('keeps in tallies.arrow all that gives the sum of z back, of constant weights too', async () => {
    const directory = folder();
    const inputs = [{ kind: 'bernoulli', p: 0.3, standardize: false }, 'normal'];
    await runSweep(await smallSweep({ inputs, initializers: ['ones', 'he_normal'] }), { directory, ...INLINE });
    const found = new Map<string, { count: number; sum: number }>();
    for (const { shape, input, fanIn, centre, tally } of readTallies(join(directory, 'tallies.arrow'))) {
      const { count, powers, min } = tally;
      expect(centre).toBeCloseTo(shape === 0 && input === 0 ? 0.3 * fanIn : 0, 12);
      expect(sumOfBins(tally)).toBeCloseTo(powers[0] as number, 3);
      const sum = sumOfBins(tally) + count * centre;
      // Sums of zeros and ones.
      if (shape === 0 && input === 0)
        for (const whole of [sum, min + centre]) expect(Math.abs(whole - Math.round(whole))).toBeLessThan(1e-3);
      const key = `${shape} ${input} ${fanIn}`;
      const total = found.get(key) ?? { count: 0, sum: 0 };
      found.set(key, { count: total.count + count, sum: total.sum + sum });
    }
    for (const fanIn of [1, 16]) {
      const { count, sum } = found.get(`0 0 ${fanIn}`) as { count: number; sum: number };
      expect(Math.abs(sum / count - 0.3 * fanIn)).toBeLessThan(5 * Math.sqrt((0.21 * fanIn) / count));
    }
  });

  it('does not begin when the signal has fired', async () => {
    const directory = join(folder(), 'never');
    const open: OpenExecutor = async () => {
      throw new Error('opened');
    };
    const run = runSweep(await smallSweep(), { directory, threads: 1, open, signal: AbortSignal.abort() });
    await expect(run).rejects.toThrow(StoppedError);
    expect(() => readdirSync(directory)).toThrow();
  });

  it('stops when the signal fires while the executor is made', async () => {
    const directory = folder();
    const controller = new AbortController();
    const open: OpenExecutor = async (plan) => {
      controller.abort();
      return new InlineExecutor(plan);
    };
    const run = runSweep(await smallSweep(), { directory, threads: 1, open, signal: controller.signal });
    await expect(run).rejects.toThrow(StoppedError);
    expect(manifestOf(directory).status).toBe('stopped');
  });

  it('says in the manifest what failed, be it the making of the executor or a task', async () => {
    const directory = folder();
    const none: OpenExecutor = async () => {
      throw new RunError({ where: 'pool', remedy: 'no threads' });
    };
    await expect(runSweep(await smallSweep(), { directory, threads: 1, open: none })).rejects.toThrow(RunError);
    expect(manifestOf(directory)).toMatchObject({ status: 'failed', error: 'pool: no threads' });
    const failing: Executor = {
      parallelism: 1,
      submit: () => Promise.reject(new RunError({ where: 'task', remedy: 'broken' })),
      close: async () => {},
    };
    await expect(runSweep(await smallSweep(), { directory, threads: 1, open: async () => failing })).rejects.toThrow(
      RunError,
    );
    expect(manifestOf(directory)).toMatchObject({ status: 'failed', error: 'task: broken' });
    expect(temporary(directory)).toEqual([]);
  });

  it('writes nothing into a directory that another process has taken over', async () => {
    const controller = new AbortController();
    const { directory, run } = await hanging({ signal: controller.signal });
    const lock = join(directory, 'lock');
    const owner = JSON.parse(readFileSync(lock, 'utf8'));
    writeFileSync(lock, JSON.stringify({ ...owner, nonce: '0123456789abcdef' }));
    const manifest = readFileSync(join(directory, 'manifest.json'), 'utf8');
    controller.abort();
    await expect(run).rejects.toThrow(StoppedError);
    expect(readFileSync(join(directory, 'manifest.json'), 'utf8')).toBe(manifest);
    expect(readdirSync(directory).sort()).toEqual(['lock', 'manifest.json', 'sweep.json']);
  });

  it.each(['tallies.arrow', 'estimates.arrow'])(
    'takes a finished run for one only with the very bytes of its tables: %s',
    async (file) => {
      const directory = folder();
      const [notes, found]: [string[], number[]] = [[], []];
      const run = async () =>
        runSweep(await smallSweep(), {
          directory,
          ...INLINE,
          onNote: (note) => notes.push(note),
          onFound: (tallies) => found.push(tallies),
        });
      const { manifest } = await run();
      expect((await run()).alreadyFinished).toBe(true);
      const written = tableDigests(directory);
      const bytes = readFileSync(join(directory, file));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
      writeFileSync(join(directory, file), bytes);
      expect((await run()).alreadyFinished).toBe(false);
      expect(notes[0]).toBe(`${file} has changed since it was written, and is made anew`);
      // Tallies that are intact are not simulated again.
      expect(found).toEqual(file === 'tallies.arrow' ? [] : [manifest.tallies.total]);
      expect(tableDigests(directory)).toEqual(written);
      expect((await run()).alreadyFinished).toBe(true);
    },
  );
});
