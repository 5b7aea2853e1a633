import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { diskWriteError } from '../tables/disk-error.ts';

/**
 * Writes a small file whole or not at all: temporary name in the same directory, fsync, rename. The name is nobody else's: processes of
 * several containers may have one id. @throws RunError when the disk fails
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx');
    try {
      // Unlike writeSync, it goes on after a short write, and so meets the error of a full disk.
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What failed first says more, and the next session removes it.
    }
    throw diskWriteError(error, path);
  }
}
