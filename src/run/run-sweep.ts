import { join } from 'node:path';
import type { LoadedSweep } from '../config/load.ts';
import { RunDirectoryError, StoppedError } from '../errors.ts';
import type { OpenExecutor } from '../execute/executor.ts';
import { planSweep, type SweepPlan } from '../sweep/plan.ts';
import type { Shard } from '../sweep/shard.ts';
import { beginDirectory, claimDirectory, clearDirectory, FILES, makeRunDirectory, type Wanted } from './directory.ts';
import type { KnownTallies } from './known-tallies.ts';
import { RunLock } from './lock.ts';
import { type Manifest, type RunOrigin, readManifest } from './manifest.ts';
import type { OnProgress } from './progress.ts';
import { Session } from './session.ts';

export interface RunOptions {
  /** Where the run goes: made if it is not there. */
  readonly directory: string;
  readonly threads: number;
  /** Start over even if the directory holds a run of this plan, or another plan's. */
  readonly fresh?: boolean;
  /** Run a share of the blocks only; tallies but no estimates come of it. */
  readonly shard?: Shard | null;
  /** The directory may hold a run of the same draws with other blocks: its tallies are kept, its tables replaced. */
  readonly extending?: boolean;
  /** Failed blocks that the rest of the run goes on with; Infinity by default. */
  readonly mostFailures?: number;
  /** Milliseconds that finished tallies wait for others before they are written to the journal; 2000 by default. */
  readonly journalInterval?: number;
  readonly onProgress?: OnProgress;
  /** Called once when there are tallies of an earlier session: how many, of how many. */
  readonly onFound?: (found: number, total: number) => void;
  /** Stops the run: nothing more is dispatched, and the run rejects with a StoppedError once it is in order. */
  readonly signal?: AbortSignal;
  /**
   * The process is about to end: when it fires, temporary files are removed and the manifest says `stopped` before the listener
   * returns. The run itself never settles properly after it.
   */
  readonly abandon?: AbortSignal;
  /** Makes the executor: `openExecutor` of `execute/`, or another. */
  readonly open: OpenExecutor;
  /** Tallies of other runs, which need not be simulated here; closed with the run. */
  readonly known?: (plan: SweepPlan) => readonly KnownTallies[];
  /** The runs that they are from. */
  readonly origins?: readonly RunOrigin[];
}

export interface RunOutcome {
  /** Of a run that is `finished` or `incomplete`. */
  readonly manifest: Manifest;
  /** The directory held this finished run already, and nothing was done. */
  readonly alreadyFinished: boolean;
}

/**
 * Runs a sweep into a directory, or goes on with one that is unfinished there: `sweep.json` and `manifest.json` first, finished
 * tallies to the journal, tables under temporary names, renamed when whole. The bytes of the tables are those of a run that was never
 * interrupted.
 *
 * @throws RunDirectoryError when the directory is another's, StoppedError after `signal`, RunError when a task or the disk fails
 */
export async function runSweep({ spec, datasets }: LoadedSweep, options: RunOptions): Promise<RunOutcome> {
  const { directory, fresh = false, shard = null, extending = false, signal } = options;
  const plan = planSweep(spec, datasets);
  const wanted: Wanted = { plan, shard, extending };
  const finished = () => !fresh && claimDirectory(directory, wanted) === 'finished';
  if (finished()) return alreadyFinished(directory);
  if (signal?.aborted) throw stoppedError(directory);
  makeRunDirectory(directory);
  const lock = RunLock.acquire(directory);
  try {
    // Another process may have finished it meanwhile.
    if (finished()) return alreadyFinished(directory);
    if (fresh) clearDirectory(directory);
    beginDirectory(directory, wanted, datasets);
    const session = new Session(plan, datasets, { ...options, shard });
    const stop = () => void session.stop();
    const drop = () => {
      session.abandon();
      lock.release();
    };
    signal?.addEventListener('abort', stop, { once: true });
    options.abandon?.addEventListener('abort', drop, { once: true });
    try {
      const manifest = await session.run((progress) => {
        if (!lock.held()) throw takenOver(directory);
        options.onProgress?.(progress);
      });
      return { manifest, alreadyFinished: false };
    } catch (error) {
      throw signal?.aborted ? stoppedError(directory) : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      options.abandon?.removeEventListener('abort', drop);
    }
  } finally {
    lock.release();
  }
}

function alreadyFinished(directory: string): RunOutcome {
  return { manifest: readManifest(join(directory, FILES.manifest)), alreadyFinished: true };
}

function stoppedError(directory: string): StoppedError {
  return new StoppedError({
    where: directory,
    remedy: 'stopped before the end, what was done is kept; the same command goes on',
  });
}

function takenOver(directory: string): RunDirectoryError {
  return new RunDirectoryError({
    where: directory,
    received: 'a lock that another process has taken over',
    remedy: 'this process was silent for so long that it was taken for dead; the other one goes on with the run',
  });
}
