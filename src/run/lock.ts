import { randomBytes } from 'node:crypto';
import { closeSync, fsync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { thisProcess } from '../execute/process-identity.ts';
import { diskWriteError, onRunDirectory } from '../tables/disk-error.ts';
import { createLock, inspectLock, type Lock, lockText, type Owner, ownerOf } from './lock-file.ts';

/** Milliseconds between two refreshes of a lock by its owner. */
const REFRESH = 5000;

/** Times that a lock may vanish or change hands under our eyes before we give way. */
const ATTEMPTS = 100;

const LOCK = 'lock';

/** Names of what a lock, or a taking over that was killed, leaves in a run directory. */
export const LOCK_FILES = /^lock(\.|$)/;

/**
 * Keeps a run directory to one process: a file `lock` that names its owner and is refreshed every few seconds.
 *
 * A lock is stale when its owner is gone. Where that cannot be known, because it is of another machine or there is no /proc to tell a
 * pid that was used again, it is stale after a minute without refresh, by the clock of the file system; one that names no owner is
 * stale after a few seconds.
 */
export class RunLock {
  readonly #path: string;
  readonly #owner: Owner;
  readonly #timer: NodeJS.Timeout;
  #descriptor: number | null;

  private constructor(path: string) {
    this.#path = path;
    this.#owner = { ...thisProcess(), nonce: randomBytes(8).toString('hex') };
    this.#descriptor = take(path, this.#owner);
    this.#timer = setInterval(() => this.#refresh(), REFRESH).unref();
  }

  /**
   * Locks a run directory, taking over a stale lock.
   * @throws RunDirectoryError when another process has it, RunError when the disk fails
   */
  static take(directory: string): RunLock {
    const path = join(directory, LOCK);
    try {
      return new RunLock(path);
    } catch (error) {
      throw diskWriteError(error, path);
    }
  }

  /**
   * Whether the directory is still ours: not when somebody removed the lock, or took us for dead.
   * @throws RunDirectoryError when the disk refuses to say
   */
  held(): boolean {
    return onRunDirectory(this.#path, () => ownerOf(this.#path))?.nonce === this.#owner.nonce;
  }

  /** Removes the lock, unless it is somebody else's by now. Does nothing the second time, and never throws. */
  release(): void {
    if (this.#descriptor === null) return;
    clearInterval(this.#timer);
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    try {
      closeSync(descriptor);
    } catch {
      // It is removed all the same.
    }
    try {
      if (this.held()) rmSync(this.#path);
    } catch {
      // It is stale as soon as this process ends.
    }
  }

  /**
   * Writes the same again, because that sets the time by the clock of the file system, where utimes would send this machine's. The
   * descriptor is of the file that we made: it cannot be another's lock.
   */
  #refresh(): void {
    try {
      const descriptor = this.#descriptor as number;
      writeSync(descriptor, lockText(this.#owner), 0);
      // Off this thread: only over a network does it matter.
      fsync(descriptor, () => {});
    } catch {
      // A lock that cannot be refreshed may be taken over, and `held` then says so.
    }
  }
}

/** Whether a process runs in a directory: it is locked, and the lock is not stale. Where that cannot be read, it is. */
export function isLocked(directory: string): boolean {
  try {
    const lock = inspectLock(join(directory, LOCK));
    return lock !== null && !lock.stale;
  } catch {
    return true;
  }
}

/**
 * Makes `path` a lock of `owner`. Returns a descriptor for writing to it.
 *
 * Whoever makes the file named after a stale lock is its one heir: only the heir may replace that lock, and does so by renaming the
 * file over it. Of two that find the same stale lock, the second thus finds an heir at work or, after it, another lock. The
 * file is itself a lock, so an heir that died midway has an heir too.
 */
function take(path: string, owner: Owner): number {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = createLock(path, owner);
    if (made !== null) return made;
    const lock = inspectLock(path);
    if (lock === null) continue;
    if (!lock.stale) throw refusal(path, lock.owner);
    const heir = `${path}.${lock.nonce}`;
    const descriptor = take(heir, owner);
    let replaced = false;
    try {
      replaced = replace(path, lock, heir);
      if (replaced) return descriptor;
    } finally {
      if (!replaced) {
        closeSync(descriptor);
        rmSync(heir, { force: true });
      }
    }
  }
  throw refusal(path, null);
}

/** Puts its heir in the place of a stale lock. False when that lock is gone: then another heir was faster. */
function replace(path: string, { nonce }: Lock, heir: string): boolean {
  const lock = inspectLock(path);
  if (lock?.nonce !== nonce || !lock.stale) return false;
  renameSync(heir, path);
  return true;
}

function refusal(path: string, owner: Owner | null): RunDirectoryError {
  return new RunDirectoryError({
    where: path,
    received:
      owner === null
        ? 'a lock without an owner'
        : `the lock of process ${owner.pid} on host ${JSON.stringify(owner.host)}`,
    allowed: 'one process for each run directory',
    remedy:
      owner === null
        ? 'try again in a few seconds'
        : 'wait until it ends or stop it; when that host is down, the lock is free a minute later',
  });
}
