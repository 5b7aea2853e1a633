import { readFileSync } from 'node:fs';
import { RunDirectoryError } from '../errors.ts';
import { lstatOf, onRunDirectory } from '../tables/disk-error.ts';

/**
 * The bytes of a file that a run keeps beside its tables, null where there is none. What is no regular file was not made by a run: a pipe
 * would let the reader wait for ever, a link lead out of the directory.
 *
 * @throws RunDirectoryError when it is something else than a file, or the disk refuses to read it
 */
export function readOwnFile(path: string): Buffer | null {
  const found = lstatOf(path);
  if (found === null) return null;
  if (found.isFile()) return onRunDirectory(path, () => readFileSync(path));
  throw new RunDirectoryError({
    where: path,
    received: found.isDirectory() ? 'a folder' : found.isSymbolicLink() ? 'a link' : 'a pipe or a device',
    allowed: 'a file',
    remedy: 'remove it; what it should hold, the `initsweep run` that began the run writes anew',
  });
}
