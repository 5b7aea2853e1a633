import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type LoadedSweep, loadSweep } from '../../src/config/load.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import type { Manifest } from '../../src/run/manifest.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { scratch, writeConfig } from './cli.ts';
import { TestRedis } from './redis.ts';

/** Of a coordinator whose faults are seen soon, and whose tasks are many. */
export const TIMING = { keep: 1_000, check: 1_000, lease: 2_000 };
export const TASK_TIME = 20e6;

/** A sweep under way in this process, on the workers of a queue. */
export class QueuedRun {
  /** What the coordinator noted. */
  readonly notes: string[] = [];
  readonly finished: Promise<Manifest>;
  #done = 0;
  #waiting: { readonly tallies: number; readonly resolve: () => void }[] = [];
  #faults: { readonly name: string; readonly since: number }[] = [];

  constructor(sweep: LoadedSweep, directory: string, url: string) {
    const onNote = (note: string): void => void this.notes.push(note);
    const open = openOnQueue({ url, shown: url }, { taskTime: TASK_TIME, timing: TIMING, onNote });
    this.finished = runSweep(sweep, {
      directory,
      threads: 1,
      open,
      onProgress: ({ tallies }) => this.#progress(tallies.done),
    }).then(({ manifest }) => manifest);
  }

  /** Resolves when so many tallies are done. */
  reached(tallies: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#done >= tallies) resolve();
      this.#waiting.push({ tallies, resolve });
      this.finished.then(() => reject(new Error('finished too soon')), reject);
    });
  }

  /** Something has gone wrong: says how long it takes until the next tally is done. */
  suffers(fault: string, since = performance.now()): void {
    this.#faults.push({ name: fault, since });
  }

  #progress(done: number): void {
    if (done <= this.#done) return;
    this.#done = done;
    for (const { tallies, resolve } of this.#waiting) if (done >= tallies) resolve();
    for (const { name, since } of this.#faults.splice(0)) sayRecovery(name, since);
  }

  /** Whether all that was suffered was got over. */
  get isWell(): boolean {
    return this.#faults.length === 0;
  }
}

export function sayRecovery(fault: string, since: number): void {
  console.log(`${fault}: ${((performance.now() - since) / 1000).toFixed(1)} s to the next result`);
}

/**
 * What tests of faults share: a sweep, what it comes to without any, and for each test a Redis of its own. All is done as the documented
 * user, who has to be allowed what the way out of a fault takes.
 */
export class FaultSuite {
  readonly config: string;
  readonly #folder = scratch();
  #sweep: LoadedSweep | undefined;
  #wanted: string | undefined;
  #redis: TestRedis | undefined;
  #runs = 0;

  /** Within a `describe`. */
  constructor(startRedis: () => Promise<TestRedis> = () => TestRedis.start()) {
    this.config = writeConfig(this.#folder, 'faults.json', { fanIn: [1, 64, 512], samples: 2 ** 20 });
    beforeAll(async () => {
      this.#sweep = await loadSweep(this.config);
      const { manifest } = await runSweep(this.#sweep, { directory: this.directory(), threads: 1, open: openExecutor });
      this.#wanted = manifest.tables['estimates']?.sha256;
    });
    beforeEach(async () => {
      this.#redis = (await startRedis()).guard();
    });
    afterEach(async () => {
      try {
        expect(await this.redis.refused()).toEqual([]);
      } finally {
        await this.redis.dispose();
      }
    });
  }

  get redis(): TestRedis {
    return this.#redis as TestRedis;
  }

  get sweep(): LoadedSweep {
    return this.#sweep as LoadedSweep;
  }

  /** SHA-256 of the table that every run must have. */
  get wanted(): string {
    return this.#wanted as string;
  }

  /** For a run. */
  directory(): string {
    return join(this.#folder, `run-${this.#runs++}`);
  }

  start(url = this.redis.url): QueuedRun {
    return new QueuedRun(this.sweep, this.directory(), url);
  }

  /** Waits for the end of a run, and compares its bytes. */
  async sound(run: QueuedRun): Promise<void> {
    const manifest = await run.finished;
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(manifest.tables['estimates']?.sha256).toBe(this.wanted);
    expect(run.isWell).toBe(true);
  }
}
