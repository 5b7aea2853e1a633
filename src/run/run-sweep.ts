import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedSweep } from '../config/load.ts';
import { type InitsweepError, StoppedError } from '../errors.ts';
import type { Executor, OpenExecutor } from '../execute/executor.ts';
import { planSweep, type SweepPlan } from '../sweep/plan.ts';
import { coordinate, type OnProgress } from './coordinator.ts';
import { beginDirectory, claimDirectory, FILES } from './directory.ts';
import { type Manifest, ManifestKeeper, readManifest } from './manifest.ts';
import { TableSink } from './table-sink.ts';

export interface RunOptions {
  /** Where the run goes: made if it is not there. */
  readonly directory: string;
  readonly threads: number;
  /** Start over even if the directory holds a finished run of this plan, or another plan's. */
  readonly fresh?: boolean;
  readonly onProgress?: OnProgress;
  /** Stops the run: nothing more is dispatched, and the run rejects with a StoppedError. */
  readonly signal?: AbortSignal;
  /** Makes the executor: `openExecutor` of `execute/`, or another. */
  readonly open: OpenExecutor;
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
  const { directory, threads, signal } = options;
  const plan = planSweep(spec, datasets);
  if (options.fresh !== true && claimDirectory(directory, plan) === 'finished')
    return { manifest: readManifest(join(directory, FILES.manifest)), alreadyFinished: true };
  if (signal?.aborted) throw stoppedIn(directory);
  if (options.fresh) clearRun(directory);
  beginDirectory(directory, plan);
  const keeper = new ManifestKeeper(join(directory, FILES.manifest), plan, threads);
  let executor: Executor | undefined;
  const stop = () => void executor?.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    executor = await options.open(plan, datasets, threads);
    signal?.throwIfAborted();
    const tables = await writeTables(
      plan,
      directory,
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
    keeper.end(stopped ? null : messageOf(error));
    throw stopped ? stoppedIn(directory) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await executor?.close();
  }
}

function stoppedIn(directory: string): StoppedError {
  return new StoppedError({ where: directory, remedy: 'stopped before the end; run the same command again' });
}

async function writeTables(
  plan: SweepPlan,
  directory: string,
  executor: Executor,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Manifest['tables']> {
  let sink: TableSink | undefined;
  try {
    await coordinate(plan, executor, async () => (sink = await TableSink.open(directory, plan)), onProgress);
    signal?.throwIfAborted();
    return (sink as TableSink | undefined)?.close() ?? {};
  } catch (error) {
    sink?.abort();
    throw error;
  }
}

/** Removes a run's own files, and nothing else. */
function clearRun(directory: string): void {
  for (const file of Object.values(FILES)) rmSync(join(directory, file), { force: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error as InitsweepError).message : String(error);
}
