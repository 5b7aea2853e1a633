import { type ChildProcess, fork } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RunDirectoryError, RunError } from '../../../src/errors.ts';
import { thisProcess } from '../../../src/execute/process-identity.ts';
import { LOCK_FILES, RunLock } from '../../../src/run/lock.ts';
import { parseOwner } from '../../../src/run/lock-file.ts';
import { folder } from '../../support/tables.ts';

/** Called before each call of the file system by the code under test. */
const watch = vi.hoisted(() => ({
  before: () => {},
  /** What the file system answers to links. */
  failing: null as string | null,
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const watched = (call: keyof typeof fs) => [
    call,
    (...args: never[]) => {
      watch.before();
      if (call === 'linkSync' && watch.failing !== null)
        throw Object.assign(new Error(watch.failing), { code: watch.failing, syscall: 'link' });
      return (real[call] as (...args: never[]) => unknown)(...args);
    },
  ];
  const calls = [
    'openSync',
    'writeFileSync',
    'linkSync',
    'readFileSync',
    'fstatSync',
    'closeSync',
    'renameSync',
    'rmSync',
  ] as const;
  return { ...real, ...Object.fromEntries(calls.map(watched)) };
});

afterEach(() => {
  watch.before = () => {};
});

/** The lock of a process that is gone: no pid is this large. */
const STALE = JSON.stringify({ ...thisProcess(), pid: 2 ** 30, nonce: '0123456789abcdef' });

/** Tries to lock; null when refused. Any other failure is one of the test. */
function attempt(directory: string): RunLock | null {
  try {
    const lock = RunLock.take(directory);
    onTestFinished(() => lock.release());
    return lock;
  } catch (error) {
    if (error instanceof RunDirectoryError) return null;
    throw error;
  }
}

/** What the locks of a directory say, heirs too. */
function readLocks(directory: string): string[] {
  const locks = fs.readdirSync(directory).filter((name) => LOCK_FILES.test(name) && !/\.(draft|probe)$/.test(name));
  return locks.map((name) => fs.readFileSync(join(directory, name), 'utf8'));
}

/** Calls of the file system that `work` makes. */
function callsOf(work: () => void): number {
  let calls = 0;
  watch.before = () => calls++;
  work();
  watch.before = () => {};
  return calls;
}

/** Tries to lock; before the `step`th call of the file system somebody else does something. */
function interrupted(step: number, other: () => void, directory: string): RunLock | null {
  let calls = 0;
  watch.before = () => {
    if (++calls !== step) return;
    watch.before = () => {};
    other();
  };
  const lock = attempt(directory);
  watch.before = () => {};
  return lock;
}

describe('two that want one directory', () => {
  const cases: [string, (directory: string) => void][] = [
    ['is free', () => {}],
    ['has a stale lock', (path) => fs.writeFileSync(join(path, 'lock'), STALE)],
    [
      'has a stale lock and an heir that died',
      (path) => {
        fs.writeFileSync(join(path, 'lock'), STALE);
        fs.writeFileSync(join(path, 'lock.0123456789abcdef'), STALE.replace('0123456789abcdef', 'fedcba9876543210'));
      },
    ],
    [
      'has a damaged lock that is old',
      (path) => {
        fs.writeFileSync(join(path, 'lock'), '');
        fs.utimesSync(join(path, 'lock'), 1, 1);
      },
    ],
  ];

  it.each(cases)('that %s: one gets it, wherever the other comes between', (_, prepare) => {
    const probe = folder();
    prepare(probe);
    const steps = callsOf(() => attempt(probe));
    expect(steps).toBeGreaterThan(1);
    for (let step = 1; step <= steps; step++) {
      const path = folder();
      prepare(path);
      let second: RunLock | null = null;
      const other = () => {
        second = attempt(path);
      };
      const first = interrupted(step, other, path);
      const held = [first, second as RunLock | null].map((lock) => lock?.held() ?? false);
      expect(held, `the other before step ${step}`).toContain(true);
      expect(held, `the other before step ${step}`).toContain(false);
      // Nobody believes in a lock that the other one has.
      expect([first, second], `the other before step ${step}`).toContain(null);
      expect(fs.readdirSync(path), `the other before step ${step}`).toEqual(['lock']);
    }
  });

  it.each(cases)('that %s: nobody ever sees a lock that was made and names no owner', (_, prepare) => {
    const path = folder();
    prepare(path);
    const before = readLocks(path);
    const seen: string[] = [];
    watch.before = () => {
      const real = watch.before;
      watch.before = () => {};
      seen.push(...readLocks(path).filter((text) => !before.includes(text)));
      watch.before = real;
    };
    expect(attempt(path)?.held()).toBe(true);
    expect(seen.length).toBeGreaterThan(0);
    for (const text of seen) expect(parseOwner(text)?.pid, text).toBe(process.pid);
  });

  it('that is free, where files cannot be linked: one gets it', () => {
    const path = folder();
    watch.before = () => {};
    watch.failing = 'EPERM';
    onTestFinished(() => {
      watch.failing = null;
    });
    expect([attempt(path)?.held(), attempt(path)]).toEqual([true, null]);
    expect(fs.readdirSync(path)).toEqual(['lock']);
  });

  it('that is released under our eyes: we get it, unless we had seen its owner', () => {
    // Two looks at ourselves, five calls that make it or find that it is there, then: open it, read it.
    const outcomes = Array.from({ length: 9 }, (_, i) => i + 1).map((step) => {
      const path = folder();
      const owner = attempt(path);
      const next = interrupted(step, () => owner?.release(), path);
      return next?.held() ?? null;
    });
    expect(outcomes).toEqual([...Array(8).fill(true), null]);
  });

  it('whose owner on another machine wakes up: it keeps it as long as we look', () => {
    const prepare = (path: string) => {
      fs.writeFileSync(join(path, 'lock'), STALE.replace(/"machine":"[^"]*"/, '"machine":"elsewhere"'));
      fs.utimesSync(join(path, 'lock'), 1, 1);
    };
    const probe = folder();
    prepare(probe);
    const steps = callsOf(() => attempt(probe));
    const taken = Array.from({ length: steps }, (_, i) => {
      const path = folder();
      prepare(path);
      const wake = () => fs.utimesSync(join(path, 'lock'), Date.now() / 1000, Date.now() / 1000);
      return interrupted(i + 1, wake, path) !== null;
    });
    // The last two calls close and rename; before them is the second look at its time.
    expect(taken).toEqual(Array.from({ length: steps }, (_, i) => i >= steps - 2));
  });
});

describe('a disk that fails once', () => {
  it.each(['free', 'stale'])('(%s), at any call, leaves nothing that is in the way of another attempt', (kind) => {
    const prepare = (path: string) => kind === 'stale' && fs.writeFileSync(join(path, 'lock'), STALE);
    const fail = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    };
    const probe = folder();
    prepare(probe);
    const steps = callsOf(() => attempt(probe));
    let failures = 0;
    for (let step = 1; step <= steps; step++) {
      const path = folder();
      prepare(path);
      let lock: RunLock | null = null;
      try {
        lock = interrupted(step, fail, path);
      } catch (error) {
        expect(error, `step ${step}`).toBeInstanceOf(RunError);
        failures++;
      }
      lock ??= attempt(path);
      expect(lock?.held(), `step ${step}`).toBe(true);
      // What could not be removed goes as the run begins.
      const left = fs.readdirSync(path).filter((name) => !/^lock\..*\.draft$/.test(name));
      expect(left, `step ${step}`).toEqual(['lock']);
    }
    expect(failures).toBeGreaterThan(1);
  });
});

describe('processes that want one directory', () => {
  const RACERS = 4;
  const ROUNDS = 60;

  /** Sends a message to each at once; resolves with the answers. */
  function ask(racers: readonly ChildProcess[], verb: string, directory = ''): Promise<string[]> {
    const answers = racers.map(
      (racer) => new Promise<string>((resolve) => racer.once('message', (answer) => resolve(String(answer)))),
    );
    for (const racer of racers) racer.send({ verb, directory });
    return Promise.all(answers);
  }

  it('get it one at a time: free, or with a stale lock', async () => {
    const file = join(folder(), 'racer.mjs');
    const input = join(import.meta.dirname, '../../support/lock-racer.ts');
    await build({ input, platform: 'node', logLevel: 'warn', output: { file, codeSplitting: false } });
    const racers = Array.from({ length: RACERS }, () => fork(file));
    onTestFinished(() => {
      for (const racer of racers) racer.kill('SIGKILL');
    });
    await Promise.all(racers.map((racer) => new Promise((resolve) => racer.once('message', resolve))));
    for (let round = 0; round < ROUNDS; round++) {
      const path = folder();
      if (round % 2 > 0) fs.writeFileSync(join(path, 'lock'), STALE);
      const answers = await ask(racers, 'take', path);
      const winners = racers.filter((_, i) => answers[i] === 'won');
      expect(winners, `round ${round}: ${answers.join('\n')}`).toHaveLength(1);
      for (const answer of answers)
        expect(answer).toMatch(/^won$|received (the lock of process \d+ on|a lock without)/);
      expect(await ask(racers, 'held')).toEqual(answers.map((answer) => (answer === 'won' ? 'true' : 'undefined')));
      expect(fs.readdirSync(path)).toEqual(['lock']);
      if (round % 10 < 9) await ask(racers, 'release');
      else await takeFromKilled(racers, winners[0] as ChildProcess, path, file);
    }
  });

  /** The winner is killed; one of the others gets its lock. A new process takes its place. */
  async function takeFromKilled(racers: ChildProcess[], winner: ChildProcess, path: string, outfile: string) {
    const gone = new Promise((resolve) => winner.once('exit', resolve));
    winner.kill('SIGKILL');
    await gone;
    const heirs = racers.filter((racer) => racer !== winner);
    const answers = await ask(heirs, 'take', path);
    expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
    await ask(heirs, 'release');
    const next = fork(outfile);
    racers[racers.indexOf(winner)] = next;
    await new Promise((resolve) => next.once('message', resolve));
  }
});
