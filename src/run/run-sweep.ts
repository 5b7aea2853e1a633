import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedSweep } from '../config/load.ts';
import { StoppedError } from '../errors.ts';
import type { Executor, OpenExecutor } from '../execute/executor.ts';
import { planSweep, type SweepPlan } from '../sweep/plan.ts';
import { coordinate, type OnProgress } from './coordinator.ts';
import { beginDirectory, claimDirectory, FILES } from './directory.ts';
import { type Manifest, ManifestKeeper, type RunOrigin, readManifest } from './manifest.ts';
import { TableSink } from './table-sink.ts';

export interface RunOptions {
  /** Where the run goes: made if it is not there. */
  readonly directory: string;
  readonly threads: number;
  /** Start over even if the directory holds a finished run of this plan, or another plan's. */
  readonly fresh?: boolean;
  readonly onProgress?: OnProgress;
  /** Stops the run: nothing more is dispatched, and the run rejects with a StoppedError once it is in order. */
  readonly signal?: AbortSignal;
  /**
   * The process is about to end: when it fires, temporary files are removed and the manifest says `stopped` before the listener
   * returns. The run itself never settles properly after it.
   */
  readonly abandon?: AbortSignal;
  /** Makes the executor: `openExecutor` of `execute/`, or another. */
  readonly open: OpenExecutor;
  /** The run whose tallies are used, when nothing is simulated. */
  readonly origin?: RunOrigin;
}

export interface RunOutcome {
  readonly manifest: Manifest;
  /** The directory held this finished run already, and nothing was done. */
  readonly alreadyFinished: boolean;
}

/**
 * Runs a sweep into a directory: `sweep.json` and `manifest.json` first, both tables under temporary names, renamed when whole.
 *
 * @throws RunDirectoryError when the directory is another's, StoppedError after `signal`, RunError when a task or the disk fails
 */
export async function runSweep({ spec, datasets }: LoadedSweep, options: RunOptions): Promise<RunOutcome> {
  const { directory, threads, signal, abandon } = options;
  const plan = planSweep(spec, datasets);
  if (options.fresh !== true && claimDirectory(directory, plan) === 'finished')
    return { manifest: readManifest(join(directory, FILES.manifest)), alreadyFinished: true };
  if (signal?.aborted) throw stoppedError(directory);
  if (options.fresh) clearRun(directory);
  beginDirectory(directory, plan);
  const keeper = new ManifestKeeper(join(directory, FILES.manifest), plan, threads, options.origin);
  const work = new Work(plan, directory);
  const stop = () => void work.close();
  const drop = () => {
    work.abort();
    keeper.end(null);
  };
  signal?.addEventListener('abort', stop, { once: true });
  abandon?.addEventListener('abort', drop, { once: true });
  try {
    const executor = await options.open(plan, datasets, threads);
    const tables = await work.run(
      executor,
      (done, total, stage) => {
        keeper.progress(done);
        options.onProgress?.(done, total, stage);
      },
      signal,
    );
    return { manifest: keeper.finish(tables), alreadyFinished: false };
  } catch (error) {
    const stopped = signal?.aborted === true;
    try {
      keeper.end(stopped ? null : messageOf(error));
    } catch {
      // The disk that fails now may be what failed before: the first error says more.
    }
    throw stopped ? stoppedError(directory) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    abandon?.removeEventListener('abort', drop);
    await work.close();
  }
}

/** The executor and the tables of a run under way, as far as they exist yet. */
class Work {
  readonly #plan: SweepPlan;
  readonly #directory: string;
  #executor: Executor | undefined;
  #sink: TableSink | undefined;

  constructor(plan: SweepPlan, directory: string) {
    this.#plan = plan;
    this.#directory = directory;
  }

  async run(executor: Executor, onProgress: OnProgress, signal: AbortSignal | undefined): Promise<Manifest['tables']> {
    this.#executor = executor;
    try {
      // A signal that came while the executor was made found nothing to close.
      signal?.throwIfAborted();
      await coordinate(this.#plan, executor, () => this.#open(), onProgress);
      signal?.throwIfAborted();
      return this.#sink?.close() ?? {};
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  /** Removes what was written so far. */
  abort(): void {
    this.#sink?.abort();
  }

  async close(): Promise<void> {
    await this.#executor?.close();
  }

  async #open(): Promise<TableSink> {
    this.#sink = await TableSink.open(this.#directory, this.#plan);
    return this.#sink;
  }
}

function stoppedError(directory: string): StoppedError {
  return new StoppedError({ where: directory, remedy: 'stopped before the end; run the same command again' });
}

/** Removes a run's own files, and nothing else. */
function clearRun(directory: string): void {
  for (const file of Object.values(FILES)) rmSync(join(directory, file), { force: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
