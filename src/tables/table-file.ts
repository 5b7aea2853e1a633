import { createHash, type Hash, randomBytes } from 'node:crypto';
import { close, closeSync, fdatasync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { diskWriteError } from './disk-error.ts';

const BUFFER_BYTES = 1 << 20;
/** Bytes that are worth an early sync. */
const EARLY_BYTES = 4 << 20;

/** What a finished table file holds. */
export interface TableFacts {
  /** Lower-case hexadecimal digest of the whole file. */
  readonly sha256: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * A file that appears under its name only when whole: bytes go to `.<name>.<pid>.<random>.tmp` in the same folder, hashed on the
 * way; `seal` syncs and `place` renames it. Synchronous, with one buffer of 1 MB, so memory is flat whatever the size. Any
 * failure removes the temporary file and throws a {@link RunError}.
 */
export class TableFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #hash: Hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #descriptor: number | null = null;
  #state: 'open' | 'sealed' | 'gone' = 'open';
  #filled = 0;
  #bytes = 0;
  /** Written since the last early sync began. */
  #unsynced = 0;
  #syncing = false;

  constructor(path: string) {
    this.path = path;
    this.#temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
    this.#guard(() => {
      this.#descriptor = openSync(this.#temporary, 'wx');
    });
  }

  /** Copies or writes `bytes` before it returns: the caller may reuse them. */
  write(bytes: Uint8Array): void {
    this.#guard(() => {
      this.#bytes += bytes.byteLength;
      if (this.#filled + bytes.byteLength > BUFFER_BYTES) this.#flush();
      if (bytes.byteLength > BUFFER_BYTES) {
        this.#drain(bytes);
        return;
      }
      this.#buffer.set(bytes, this.#filled);
      this.#filled += bytes.byteLength;
    });
  }

  /** Everything is on the disk, still under the temporary name. */
  seal(): { sha256: string; bytes: number } {
    this.#guard(() => {
      this.#flush();
      const descriptor = this.#open();
      fsyncSync(descriptor);
      this.#descriptor = null;
      closeSync(descriptor);
      this.#state = 'sealed';
    });
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }

  /** Puts the sealed file in its place, replacing one that is there. */
  place(): void {
    this.#guard(() => {
      if (this.#state !== 'sealed') throw new Error(`${this.path} is not sealed`);
      renameSync(this.#temporary, this.path);
      this.#state = 'gone';
      syncFolder(dirname(this.path));
    });
  }

  /** Drops what was written. Does nothing after `place` or a failure. */
  abort(): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    try {
      if (descriptor !== null) closeSync(descriptor);
    } catch {
      // A close that fails (a network disk reporting late) must not keep the temporary file alive.
    }
    try {
      rmSync(this.#temporary, { force: true });
    } catch {
      // What made it be dropped says more, and the next session removes it.
    }
  }

  #flush(): void {
    this.#drain(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #drain(bytes: Uint8Array): void {
    const descriptor = this.#open();
    this.#hash.update(bytes);
    for (let done = 0; done < bytes.byteLength; ) done += writeSync(descriptor, bytes, done);
    this.#unsynced += bytes.byteLength;
    this.#syncEarly();
  }

  /**
   * Has the disk begin with what was written, while rows are still derived: `seal` then waits for little. Through a descriptor of its
   * own, so that an error is not taken for told (Linux reports it once for each): `seal` meets it again.
   */
  #syncEarly(): void {
    if (this.#syncing || this.#descriptor === null || this.#unsynced < EARLY_BYTES) return;
    try {
      const descriptor = openSync(this.#temporary, 'r+');
      this.#syncing = true;
      this.#unsynced = 0;
      fdatasync(descriptor, () =>
        close(descriptor, () => {
          this.#syncing = false;
          this.#syncEarly();
        }),
      );
    } catch {
      // It was for speed only.
    }
  }

  #open(): number {
    if (this.#descriptor === null) throw new Error(`${this.path} is closed`);
    return this.#descriptor;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.abort();
      throw diskWriteError(error, this.path);
    }
  }
}

/** A rename is durable only once its folder is synced; Windows has no such call. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
