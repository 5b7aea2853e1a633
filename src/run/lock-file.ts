import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fateOf, type ProcessIdentity } from '../execute/process-identity.ts';

/** Milliseconds without refresh after which a lock is stale whose owner cannot be asked. */
const STALE = 60_000;

/** The same for a lock without an owner: naming itself is the first thing that an owner does. */
const UNNAMED = 5000;

/** The content of a lock: who made it, and a number that no other lock has. */
export interface Owner extends ProcessIdentity {
  readonly nonce: string;
}

/** A lock as it is found. */
export interface Lock {
  /** Null while the lock is being made, and when it is damaged. */
  readonly owner: Owner | null;
  readonly nonce: string;
  readonly stale: boolean;
}

/** Makes a lock. Returns a descriptor for writing to it, or null when there is a lock already. @throws what the system says */
export function createLock(path: string, owner: Owner): number | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null;
    throw error;
  }
  try {
    writeFileSync(descriptor, lockText(owner));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    rmSync(path, { force: true });
    throw error;
  }
}

/** Null when there is none. @throws what the system says */
export function inspectLock(path: string): Lock | null {
  let descriptor: number;
  try {
    // Opened before it is looked at: a network file system then asks its server.
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const owner = parseOwner(readFileSync(descriptor, 'utf8'));
    const fate = owner === null ? 'unknown' : fateOf(owner);
    const stale =
      fate === 'unknown'
        ? timeOf(dirname(path)) - fstatSync(descriptor).mtimeMs > (owner === null ? UNNAMED : STALE)
        : fate === 'gone';
    return { owner, nonce: owner?.nonce ?? 'damaged', stale };
  } finally {
    closeSync(descriptor);
  }
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

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
