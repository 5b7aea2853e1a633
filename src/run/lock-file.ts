import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fateOf, type ProcessIdentity } from '../execute/process-identity.ts';
import { errorCode } from '../tables/disk-error.ts';

/** Milliseconds without refresh after which a lock is stale whose owner cannot be asked. */
const STALE = 60_000;

/** The same for a lock without an owner: a damaged one, or one that is being made where files cannot be linked. */
const UNNAMED = 5000;

/** The content of a lock: who made it, and a number that no other lock has. */
export interface Owner extends ProcessIdentity {
  readonly nonce: string;
}

/** A lock as it is found. */
export interface Lock {
  /** Null for a lock that names none. */
  readonly owner: Owner | null;
  readonly nonce: string;
  readonly stale: boolean;
}

/**
 * Makes a lock. Returns a descriptor for writing to it, or null when there is a lock already. @throws what the system says
 *
 * It is written under another name first and then linked, which fails where there is one: so a process that is killed in here leaves
 * no lock that nobody can tell the owner of.
 */
export function createLock(path: string, owner: Owner): number | null {
  const draft = `${path}.${owner.nonce}.draft`;
  const descriptor = openSync(draft, 'wx');
  try {
    writeFileSync(descriptor, lockText(owner));
    if (link(draft, path)) return descriptor;
  } catch (error) {
    closeSync(descriptor);
    if (isWithoutLinks(error)) return createInPlace(path, owner);
    throw error;
  } finally {
    removeDraft(draft);
  }
  closeSync(descriptor);
  return null;
}

/** Whether the lock got its name: not when there is one, or when its owner has swept away what others left, the draft too. */
function link(draft: string, path: string): boolean {
  return (
    unless(['EEXIST', 'ENOENT'], () => {
      linkSync(draft, path);
      return true;
    }) ?? false
  );
}

function createInPlace(path: string, owner: Owner): number | null {
  const descriptor = unless(['EEXIST'], () => openSync(path, 'wx'));
  if (descriptor === null) return null;
  try {
    writeFileSync(descriptor, lockText(owner));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    rmSync(path, { force: true });
    throw error;
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Whoever has the lock removes it as it begins.
  }
}

/** What `work` returns; null when the system answers with one of these codes. */
function unless<T>(codes: readonly string[], work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (codes.includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}

/** FAT, some network and FUSE file systems. */
function isWithoutLinks(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '');
}

/** Null when there is none. @throws what the system says */
export function inspectLock(path: string): Lock | null {
  return onLock(path, (descriptor) => {
    const owner = ownerIn(descriptor);
    const fate = owner === null ? 'unknown' : fateOf(owner);
    const stale =
      fate === 'unknown'
        ? timeOf(dirname(path)) - fstatSync(descriptor).mtimeMs > (owner === null ? UNNAMED : STALE)
        : fate === 'gone';
    return { owner, nonce: owner?.nonce ?? 'damaged', stale };
  });
}

/** The owner of a lock, null when there is none. @throws what the system says */
export function ownerOf(path: string): Owner | null {
  return onLock(path, ownerIn);
}

/** Opened before it is looked at: a network file system then asks its server. A pipe of that name is not waited for. */
function onLock<T>(path: string, work: (descriptor: number) => T): T | null {
  const descriptor = unless(['ENOENT', 'ENXIO'], () =>
    openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)),
  );
  if (descriptor === null) return null;
  try {
    return work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function ownerIn(descriptor: number): Owner | null {
  const found = fstatSync(descriptor);
  // A folder is not read either, and the system says so.
  return found.isFile() || found.isDirectory() ? parseOwner(readFileSync(descriptor, 'utf8')) : null;
}

/** The time by the clock of a folder's file system, as a file that is made there shows it. */
function timeOf(folder: string): number {
  const probe = join(folder, `lock.${randomBytes(8).toString('hex')}.probe`);
  const descriptor = openSync(probe, 'wx');
  try {
    return fstatSync(descriptor).mtimeMs;
  } finally {
    closeSync(descriptor);
    rmSync(probe, { force: true });
  }
}

export function lockText(owner: Owner): string {
  return `${JSON.stringify(owner, null, 2)}\n`;
}

/** The owner that a lock names; null when it names none. The pid is one that may be asked, the nonce one that may be in a path. */
export function parseOwner(text: string): Owner | null {
  try {
    const { pid, host, machine, startedAt, nonce } = JSON.parse(text) as Record<keyof Owner, unknown>;
    const whole =
      typeof pid === 'number' &&
      pid === (pid | 0) &&
      pid > 0 &&
      typeof host === 'string' &&
      typeof machine === 'string' &&
      (typeof startedAt === 'string' || startedAt === null) &&
      typeof nonce === 'string' &&
      /^[0-9a-f]{16}$/.test(nonce);
    return whole ? { pid, host, machine, startedAt, nonce } : null;
  } catch {
    return null;
  }
}
