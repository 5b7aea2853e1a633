import { lstatSync, type Stats, statSync } from 'node:fs';
import { RunDirectoryError, RunError } from '../errors.ts';

/** What mends a table of a run, whichever it is: tallies that are intact are kept, the others are simulated again. */
export const MADE_ANEW =
  'repeat the command that made the run (`initsweep run`, `extend`, `derive` or `merge`), which makes its table anew from what is intact';

const WRITING: Readonly<Record<string, { allowed: string; remedy: string }>> = {
  ENOSPC: {
    allowed: 'a disk with room for the tables',
    remedy: 'free some space or choose another folder, then run again',
  },
  EDQUOT: { allowed: 'a folder within its quota', remedy: 'free some space or choose another folder, then run again' },
  EFBIG: { allowed: 'files as large as the tables', remedy: 'raise the file size limit or choose another disk' },
  EACCES: { allowed: 'a folder you may write to', remedy: 'change its permissions or choose another folder' },
  EPERM: { allowed: 'a folder you may write to', remedy: 'change its permissions or choose another folder' },
  EROFS: { allowed: 'a writable disk', remedy: 'choose another folder' },
  ENOENT: {
    allowed: 'an existing folder',
    remedy: 'create the folder first; if it was removed during the run, run again',
  },
  ENOTDIR: { allowed: 'an existing folder', remedy: 'choose a path whose parents are folders' },
  EISDIR: { allowed: 'a path that is not a folder', remedy: 'remove the folder of that name or choose another' },
  EMFILE: { allowed: 'fewer open files', remedy: 'raise the limit on open files' },
};

/** A failure of the disk while a table is written, as a {@link RunError}; anything else as it is. */
export function diskWriteError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === null) return error;
  const advice = WRITING[code] ?? { allowed: 'a disk that takes the file', remedy: 'see the cause, then run again' };
  return new RunError({ where: path, received: describe(error, code), ...advice }, { cause: error });
}

/** A table that is missing, unreadable or damaged, as a {@link RunDirectoryError}. */
export function diskReadError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === null) return error;
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return new RunDirectoryError(
    {
      where: path,
      received: describe(error, code),
      allowed: 'a table of a finished run',
      remedy: missing ? `check the path; if it is of a run, ${MADE_ANEW}` : 'check the file and its permissions',
    },
    { cause: error },
  );
}

/**
 * Runs `work` on the files of a run; what the disk refuses there is a {@link RunDirectoryError}.
 * @param path the file or directory to name
 */
export function onRunDirectory<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    throw new RunDirectoryError(
      {
        where: path,
        received: describe(error, code),
        allowed: 'a run directory that can be read and changed',
        remedy: WRITING[code]?.remedy ?? 'check the disk and the permissions, then run again',
      },
      { cause: error },
    );
  }
}

/** What is at a path, null where there is nothing. @throws RunDirectoryError when the disk refuses to say */
export function statOf(path: string): Stats | null {
  return onRunDirectory(path, () => unlessMissing(() => statSync(path)));
}

/** As {@link statOf}, but of a link itself. */
export function lstatOf(path: string): Stats | null {
  return onRunDirectory(path, () => unlessMissing(() => lstatSync(path)));
}

function unlessMissing(look: () => Stats): Stats | null {
  try {
    return look();
  } catch (error) {
    // Nothing can be below a file.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** A pipe would let the reader wait for ever. @throws RunDirectoryError when there is one, or a device, in the place of a table */
export function refusePipe(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile() || found.isDirectory()) return;
  throw new RunDirectoryError({
    where: path,
    received: 'a pipe or a device',
    allowed: 'a file',
    remedy: `remove it; if it is in the place of a run’s table, ${MADE_ANEW}`,
  });
}

/** @param received what is wrong with the bytes */
export function damagedTable(path: string, received: string, cause?: unknown): RunDirectoryError {
  return new RunDirectoryError(
    {
      where: path,
      received,
      allowed: 'a complete, uncompressed Arrow file written by initsweep',
      remedy: `if it is of a run, ${MADE_ANEW}`,
    },
    { cause },
  );
}

/** The system's name of an error of a system call (`ENOENT`); null for any other error. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Node's message ends with system call and path; the part before the comma is the words of the system. */
function describe(error: unknown, code: string): string {
  const message = error instanceof Error ? error.message : code;
  return message.split(',', 1)[0] ?? code;
}
