import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  type FSWatcher,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  watch,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, initsweep, MAIN, ROOT, writeConfig } from './cli.ts';
import { wholeBytes } from './journal.ts';
import { TestRandom } from './random.ts';
import { sha256 } from './tables.ts';

/** `CRASH_SEED`, or another one every time: a failure is repeated with the seed that was printed. */
export const CRASH_SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

const readText = (directory: string, name: string) => readFileSync(join(directory, name), 'utf8');

const TABLES = ['tallies.arrow', 'estimates.arrow'];

/** Something that fills a run directory, and what must come of it. */
export interface Job {
  readonly name: string;
  /** What the directory holds beforehand. */
  readonly from: string | null;
  readonly args: (out: string) => readonly string[];
  /** SHA-256 of the tables of an undisturbed run. */
  readonly expected: readonly string[];
  /** SHA-256 of tables that may be there before. */
  readonly before: readonly string[];
  /** How long it takes undisturbed, in milliseconds. */
  readonly duration: number;
}

/** What was going on when processes were killed. */
export interface Figures {
  kills: number;
  /** In the middle of a small file or a table, or between the places of two tables. */
  writing: number;
  /** Journals whose last entry was not whole, most of them torn by the test. */
  torn: number;
  /** Sessions that began with tallies of earlier ones. */
  resumed: number;
  /** Directories that were filled in the end. */
  finished: number;
}

export const hashesOf = (directory: string) => TABLES.map((table) => sha256(join(directory, table)));

/** Makes the runs that jobs begin with, and measures them undisturbed. */
export function crashJobs(folder: string, samples: number): Job[] {
  const config = writeConfig(folder, 'crash.json', {
    fanIn: [1, 16, 128, 512],
    inputs: ['normal', 'uniform'],
    initializers: ['standard_uniform', 'zeros', 'he_normal'],
    activations: ['logistic', 'relu', 'gelu'],
    beta: [0.5, 1, 2, 4],
    samples,
  });
  const [whole, extended] = [join(folder, 'whole'), join(folder, 'extended')];
  const shards = [0, 1].map((index) => join(folder, `shard-${index}`));
  const undisturbed = (...args: string[]): number => {
    const started = performance.now();
    const { status, stderr } = initsweep(...args, '--quiet');
    expect(status, stderr).toBe(0);
    return performance.now() - started;
  };
  const running = undisturbed('run', config, '--out', whole, '--threads', '2');
  cpSync(whole, extended, { recursive: true });
  const extending = undisturbed('extend', extended, '--samples', String(2 * samples), '--threads', '2');
  shards.forEach((shard, index) => {
    undisturbed('run', config, '--out', shard, '--shard', `${index}/2`, '--threads', '2');
  });
  const merging = undisturbed('merge', ...shards, '--out', join(folder, 'merged'), '--threads', '2');
  const expected = hashesOf(whole);
  const job = { from: null, before: [], expected };
  return [
    { ...job, name: 'run', args: (out) => ['run', config, '--out', out], duration: running },
    {
      name: 'extend',
      from: whole,
      args: (out) => ['extend', out, '--samples', String(2 * samples)],
      expected: hashesOf(extended),
      before: expected,
      duration: extending,
    },
    { ...job, name: 'merge', args: (out) => ['merge', ...shards, '--out', out], duration: merging },
  ];
}

/** When a process is killed. */
interface Moment {
  /** Milliseconds after its start, or after the event. */
  readonly delay: number;
  /** Which change to the directory or its journal; null for none. */
  readonly event: { readonly name: RegExp; readonly number: number } | null;
  /** Whether it is told to stop first, and killed while it does. */
  readonly stopping: boolean;
}

/** Kills processes at moments that follow from a seed: but for the timing of the machine, they are the same again. */
export class Crasher {
  readonly figures: Figures = { kills: 0, writing: 0, torn: 0, resumed: 0, finished: 0 };
  readonly #random: TestRandom;
  readonly #folder: string;

  constructor(folder: string, seed: number) {
    this.#folder = folder;
    this.#random = new TestRandom(seed);
  }

  /** Begins a job again and again, killing it every time, until it finishes by itself first; then its tables must be right. */
  async finish(job: Job): Promise<void> {
    const directory = join(this.#folder, `${job.name}-${this.figures.finished}`);
    if (job.from === null) mkdirSync(directory);
    else cpSync(job.from, directory, { recursive: true });
    let found = 0;
    for (let session = 1, done = false; !done; session++) {
      expect(session, `${job.name} does not come to an end`).toBeLessThan(100);
      const moment = this.#moment(job.duration);
      const what = `${job.name}, session ${session}, killed at ${JSON.stringify({ ...moment, event: String(moment.event?.name) })}`;
      const { killed, ...rest } = await this.#session(job, directory, moment);
      const before = Number(/going on with (\d+) tallies/.exec(rest.stderr)?.[1] ?? 0);
      if (before > 0) this.figures.resumed++;
      expect(rest.stderr, what).not.toMatch(/fault of|damaged|cannot|received (?!SIGINT)/);
      if (killed) {
        this.figures.kills++;
        // Whether it had got so far as to say what it found, nobody knows.
        if (before > 0) expect(before, what).toBeGreaterThanOrEqual(found);
        found = this.#tear(directory) ? 0 : Math.max(found, before);
        this.#look(job, directory, what);
      } else {
        done = rest.status === 0;
        expect(rest.status, `${what}\n${rest.stderr}`).toBe(done || !moment.stopping ? 0 : 3);
      }
    }
    expect(hashesOf(directory)).toEqual(job.expected);
    const left = readdirSync(directory).filter((name) => name !== 'lock');
    expect(left.sort()).toEqual(['estimates.arrow', 'manifest.json', 'sweep.json', 'tallies.arrow']);
    this.figures.finished++;
    rmSync(directory, { recursive: true });
  }

  /** A third at any time, a third at any change to the directory, a third as tables get their names or a session begins or ends. */
  #moment(duration: number): Moment {
    const random = this.#random;
    const below = (n: number) => random.word() % n;
    const stopping = below(8) === 0;
    switch (below(3)) {
      case 0:
        return { delay: below(Math.ceil(1.2 * duration)), event: null, stopping };
      case 1:
        return { delay: 0, event: { name: /./, number: 1 + below(60) }, stopping };
      default: {
        const names = [/^\.\w+\.arrow/, /^tallies\.arrow/, /^estimates\.arrow/, /^\.manifest/, /\.journal$/, /^lock/];
        return {
          delay: below(6),
          event: { name: names[below(names.length)] as RegExp, number: 1 + below(4) },
          stopping,
        };
      }
    }
  }

  async #session(
    job: Job,
    directory: string,
    { delay, event, stopping }: Moment,
  ): Promise<Ended & { killed: boolean }> {
    const threads = ['--threads', String(1 + (this.#random.word() % 2))];
    const child = spawn(process.execPath, [MAIN, ...job.args(directory), ...threads, '--log-format', 'json'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, INITSWEEP_JOURNAL_INTERVAL: '5' },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const timers: NodeJS.Timeout[] = [];
    const kill = () => {
      if (stopping) child.kill('SIGINT');
      if (stopping) timers.push(setTimeout(() => child.kill('SIGKILL'), this.#random.word() % 100));
      else child.kill('SIGKILL');
    };
    const later = () => {
      if (delay === 0) kill();
      else timers.push(setTimeout(kill, delay));
    };
    const watchers: FSWatcher[] = [];
    if (event === null) later();
    else {
      let left = event.number;
      const onEvent = (_: string, name: string | null) => {
        if (name === 'journal' && watchers.length === 1) follow(join(directory, 'journal'));
        if (name !== null && event.name.test(name) && --left === 0) later();
      };
      const follow = (folder: string) => {
        try {
          watchers.push(watch(folder, onEvent).on('error', () => {}));
        } catch {
          // Gone already.
        }
      };
      follow(directory);
    }
    const { status, signal } = await new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((done) => {
      child.on('close', (status, signal) => done({ status, signal }));
    });
    for (const watcher of watchers) watcher.close();
    for (const timer of timers) clearTimeout(timer);
    // SIGINT kills as well while a process does not listen yet; nothing else does.
    expect([null, 'SIGKILL', 'SIGINT'], stderr).toContain(signal);
    return { status, stdout: '', stderr, killed: signal !== null };
  }

  /** What a killed process leaves: small files whole, tables whole or not there. */
  #look(job: Job, directory: string, what: string): void {
    const names = readdirSync(directory, { recursive: true }).map(String);
    const begun = (name: string) => /\.json\..*\.tmp$/.test(name) || statSync(join(directory, name)).size > 0;
    const placing = names.includes('manifest.json') && !/"nextTables": null/.test(readText(directory, 'manifest.json'));
    if (placing || names.some((name) => name.endsWith('.tmp') && begun(name))) this.figures.writing++;
    for (const name of ['sweep.json', 'manifest.json'])
      if (names.includes(name)) expect(() => JSON.parse(readText(directory, name)), what).not.toThrow();
    for (const table of TABLES.filter((name) => names.includes(name)))
      expect([...job.before, ...job.expected], what).toContain(sha256(join(directory, table)));
    if (!names.includes('sweep.json')) return;
    const { draws } = JSON.parse(readText(directory, 'sweep.json')) as { draws: string };
    const segments = names.filter((name) => name.endsWith('.journal')).map((name) => join(directory, name));
    if (segments.some((path) => statSync(path).size > wholeBytes(path, draws))) this.figures.torn++;
  }

  /** Now and then, what a power cut does: the end of the journal, which was written but not synced, is not there. */
  #tear(directory: string): boolean {
    const folder = join(directory, 'journal');
    const last = existsSync(folder) ? readdirSync(folder).sort().at(-1) : undefined;
    if (last === undefined || this.#random.word() % 3 > 0) return false;
    const path = join(folder, last);
    truncateSync(path, Math.max(0, statSync(path).size - (this.#random.word() % 5000)));
    return true;
  }
}
