import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { didYouMean } from '../config/suggest.ts';
import type { AnyConfig } from '../config/sweep-config.ts';
import { describeValue, UsageError } from '../errors.ts';
import { availableCores } from '../execute/cores.ts';
import { openExecutor } from '../execute/open.ts';
import type { Manifest } from '../run/manifest.ts';
import { runSweep } from '../run/run-sweep.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { KeptEstimates } from './kept-estimates.ts';
import { loadConfig } from './load.ts';
import { readRun } from './read-run.ts';

export interface SweepOptions {
  /** Worker threads; by default as many as there are cores. */
  readonly threads?: number;
  /**
   * Where the run is kept: `estimates.arrow`, `tallies.arrow` and what goes with them. A finished run of the same sweep in it is
   * not repeated. Without it the files are temporary, and the estimates are held in memory.
   */
  readonly directory?: string;
  /** Start over, whatever `directory` holds. */
  readonly fresh?: boolean;
  /** Stops the run, which then rejects with a StoppedError. */
  readonly signal?: AbortSignal;
}

/** How far a run is. */
export interface SweepProgress {
  /** In cells; a share of a cell's work counts as that share of it. */
  readonly done: number;
  readonly total: number;
  readonly stage: 'simulate' | 'derive';
}

/** A finished run. */
export interface SweepResult {
  /** null when the files were temporary. */
  readonly directory: string | null;
  readonly manifest: Manifest;
  readonly estimates: EstimateTable;
}

/**
 * A sweep under way. Iterating it gives its progress, as often as it changes and is asked for; a loop over it ends with the run
 * and throws its error.
 */
export interface SweepRun extends AsyncIterable<SweepProgress> {
  /** Rejects with a ConfigError, RunDirectoryError, StoppedError or RunError. */
  readonly finished: Promise<SweepResult>;
  /** The table of the finished run: one row a cell, columns as typed arrays. */
  estimates(): Promise<EstimateTable>;
}

/**
 * Runs a sweep, from a config file or an object with the same keys. It begins at once.
 *
 * @example
 * const run = sweep({ name: 'mine', fanIn: [64, 1024], inputs: 'normal', initializers: 'he_normal', activations: 'relu' });
 * for await (const { done, total } of run) console.error(done / total);
 * const estimates = await run.estimates();
 * console.log(estimates.labels('initializer'), estimates.numbers('chi_forward'));
 */
export function sweep(config: string | AnyConfig, options: SweepOptions = {}): SweepRun {
  return new Sweeping(config, options);
}

class Sweeping implements SweepRun {
  readonly finished: Promise<SweepResult>;
  #progress: SweepProgress | null = null;
  #settled = false;
  #changed = new Signal();

  constructor(config: string | AnyConfig, options: SweepOptions) {
    this.finished = this.#run(config, options).finally(() => {
      this.#settled = true;
      this.#changed.fire();
    });
    // Whoever awaits it sees the error; nobody may.
    this.finished.catch(() => {});
  }

  async estimates(): Promise<EstimateTable> {
    return (await this.finished).estimates;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SweepProgress, void, undefined> {
    let seen: SweepProgress | null = null;
    for (;;) {
      if (this.#progress !== null && this.#progress !== seen) {
        seen = this.#progress;
        yield seen;
      } else if (this.#settled) break;
      else await this.#changed.next;
    }
    await this.finished;
  }

  async #run(config: string | AnyConfig, options: SweepOptions): Promise<SweepResult> {
    refuseUnknownOptions(options);
    const { directory, threads = availableCores(), fresh = false, signal } = options;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new UsageError({ where: 'threads', received: describeValue(threads), allowed: 'a whole number from 1' });
    }
    const loaded = await loadConfig(config);
    const temporary = directory === undefined ? mkdtempSync(join(tmpdir(), 'initsweep-')) : null;
    const path = directory ?? (temporary as string);
    try {
      await runSweep(loaded, {
        directory: path,
        threads,
        fresh,
        open: openExecutor,
        ...(signal && { signal }),
        onProgress: ({ done, total, stage }) => this.#report({ done, total, stage }),
      });
      const { manifest, estimates } = readRun(path);
      const cells = manifest.progress.total;
      this.#report({ done: cells, total: cells, stage: 'derive' });
      return {
        directory: directory ?? null,
        manifest,
        estimates: temporary ? new KeptEstimates(estimates) : estimates,
      };
    } finally {
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    }
  }

  #report(progress: SweepProgress): void {
    this.#progress = progress;
    this.#changed.fire();
  }
}

const OPTIONS = ['threads', 'directory', 'fresh', 'signal'] as const satisfies readonly (keyof SweepOptions)[];

function refuseUnknownOptions(options: SweepOptions): void {
  const names: readonly string[] = OPTIONS;
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const remedy = didYouMean(unknown, names);
  throw new UsageError({
    where: unknown,
    received: 'an unknown option',
    allowed: names.join(', '),
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** Wakes all who wait, as often as it fires. */
class Signal {
  #wake: () => void = () => {};
  next: Promise<void> = this.#make();

  fire(): void {
    const wake = this.#wake;
    this.next = this.#make();
    wake();
  }

  #make(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
