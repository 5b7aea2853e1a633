import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedSweep } from '../config/load.ts';
import { RunDirectoryError, RunError, StoppedError, UsageError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import { planOf } from '../experiment/plan-of.ts';
import type { Expectations } from '../model/expect-spec.ts';
import { shardLabel } from '../sweep/shard.ts';
import { beginDirectory, clearDirectory, makeRunDirectory, replaceExpectations } from './begin-directory.ts';
import { changedTables } from './changed-tables.ts';
import { claimDirectory, refuseForeign, type Wanted } from './claim.ts';
import { isLocked, RunLock } from './lock.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { FILES } from './run-files.ts';
import type { RunOptions } from './run-options.ts';
import { Session } from './session.ts';

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
export async function runSweep(
  { spec, datasets, expectations }: LoadedSweep,
  options: RunOptions,
): Promise<RunOutcome> {
  const { directory, fresh = false, shard = null, extending = false, signal } = options;
  // Files in it would be those of the working directory.
  if (directory === '')
    throw new UsageError({ where: 'directory', received: '""', allowed: 'the path of a directory' });
  if (shard !== null && spec.precision !== null) {
    throw new UsageError({
      where: 'precision',
      received: 'a share of the blocks',
      allowed: 'a whole run, which alone knows when it is precise enough',
      remedy: 'leave out --shard, or precision',
    });
  }
  const plan = planOf(spec, datasets);
  if (shard !== null && shard.of > plan.blocks) {
    throw new UsageError({
      where: '--shard',
      received: shardLabel(shard),
      allowed: `at most ${plan.blocks} shares, one for each block`,
    });
  }
  const wanted: Wanted = { plan, shard, extending };
  const there = () => (fresh ? null : finishedRun(wanted, options));
  const found = await there();
  if (found?.changed.length === 0) return alreadyFinished(directory, found.manifest, expectations);
  if (signal?.aborted) throw stoppedError(options);
  // Before a lock is put beside what is a stranger's.
  if (fresh) refuseForeign(directory);
  makeRunDirectory(directory);
  const lock = RunLock.take(directory);
  let looked = Date.now();
  try {
    // Another process may have finished it meanwhile.
    const found = await there();
    if (found?.changed.length === 0) return alreadyFinished(directory, found.manifest, expectations);
    for (const file of found?.changed ?? [])
      options.onNote?.(`${file} has changed since it was written, and is made anew`);
    options.confirm?.();
    const begin = () => beginDirectory(directory, wanted, datasets, expectations);
    let { open } = options;
    if (fresh) {
      refuseForeign(directory);
      const executor = await openFirst(() => open(plan, datasets, options.threads, signal), begin, options);
      open = async () => executor;
    } else begin();
    const session = new Session(plan, datasets, { ...options, open, shard, held: () => lock.held() });
    const stop = () => void session.stop();
    const drop = () => {
      session.abandon();
      lock.release();
    };
    signal?.addEventListener('abort', stop, { once: true });
    options.abandon?.addEventListener('abort', drop, { once: true });
    try {
      const guard = () => {
        looked = Date.now();
        if (!lock.held()) throw lostLock(directory);
      };
      const manifest = await session.run((progress) => {
        if (Date.now() - looked > LOOK) guard();
        options.onProgress?.(progress);
      }, guard);
      return { manifest, alreadyFinished: false };
    } catch (error) {
      throw signal?.aborted ? stoppedError(options) : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      options.abandon?.removeEventListener('abort', drop);
    }
  } finally {
    lock.release();
  }
}

/**
 * Removes the run in the directory, and begins the new one, once there is what does the work: where that can't be opened, as a queue whose
 * Redis is away, nothing is lost.
 */
async function openFirst(open: () => Promise<Executor>, begin: () => void, options: RunOptions): Promise<Executor> {
  const { directory, signal } = options;
  const executor = await open().catch((error) => {
    throw signal?.aborted ? stoppedError(options) : error;
  });
  try {
    if (signal?.aborted) throw stoppedError(options);
    clearDirectory(directory);
    begin();
    return executor;
  } catch (error) {
    await executor.close();
    throw error;
  }
}

/** Milliseconds between two looks at the lock: whether it is still ours. */
const LOOK = 2000;

function alreadyFinished(directory: string, manifest: Manifest, expectations: Expectations | undefined): RunOutcome {
  if (expectations !== undefined) replaceExpectations(directory, expectations);
  return { manifest, alreadyFinished: true };
}

/** The run that is wanted, if the directory holds it finished: its manifest, and the tables that are not as they were written. */
async function finishedRun(
  wanted: Wanted,
  options: RunOptions,
): Promise<{ manifest: Manifest; changed: readonly string[] } | null> {
  const { directory, signal } = options;
  if (claimDirectory(directory, wanted) !== 'finished') return null;
  const manifest = readManifest(join(directory, FILES.manifest));
  try {
    return { manifest, changed: await changedTables(directory, manifest.tables, signal) };
  } catch (error) {
    throw signal?.aborted ? stoppedError(options) : error;
  }
}

function stoppedError({ directory, fresh = false }: RunOptions): StoppedError {
  const same = fresh ? 'the same command without --fresh' : 'the same command';
  return new StoppedError({
    where: directory,
    remedy: `stopped before the end, what was done is kept; ${same} goes on`,
  });
}

function lostLock(directory: string): RunDirectoryError | RunError {
  if (!existsSync(join(directory, FILES.sweep))) {
    return new RunError({
      where: directory,
      received: 'a directory that was removed or emptied during the run',
      remedy: 'run again: what was done went with it',
    });
  }
  if (!isLocked(directory)) {
    return new RunError({
      where: directory,
      received: 'a lock that was removed during the run',
      remedy: 'run again to go on; leave the lock alone',
    });
  }
  return new RunDirectoryError({
    where: directory,
    received: 'a lock that another process has taken over',
    remedy: 'this process was silent for so long that it was taken for dead; the other one goes on with the run',
  });
}
