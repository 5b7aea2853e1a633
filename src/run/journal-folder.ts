import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { errorCode } from '../tables/disk-error.ts';
import { syncFolder } from '../tables/table-file.ts';

/** Where a run keeps its journal: a segment, `NNNNNN.journal`, for each session that wrote. */
export function journalFolder(directory: string): string {
  return join(directory, 'journal');
}

const SEGMENT = /^\d{6}\.journal$/;

/** Paths of a run's segments, in order. @throws RunDirectoryError when the disk refuses to list them */
export function segmentsOf(directory: string): string[] {
  const folder = journalFolder(directory);
  return onJournal(folder, () => segmentNames(folder)).map((name) => join(folder, name));
}

/** A new segment, open for writing and durable as an empty file. @throws what the system says */
export async function createSegment(directory: string): Promise<FileHandle> {
  const folder = journalFolder(directory);
  makeFolder(folder);
  const taken = segmentNames(folder);
  let number = taken.length + 1;
  while (taken.includes(segmentName(number))) number++;
  const segment = await open(join(folder, segmentName(number)), 'wx');
  try {
    syncFolder(folder);
    syncFolder(directory);
    return segment;
  } catch (error) {
    await segment.close();
    throw error;
  }
}

/** Removes a run's journal, and nothing else that may be in its folder. @throws RunDirectoryError when the disk refuses to */
export function removeJournal(directory: string): void {
  for (const path of segmentsOf(directory)) onJournal(path, () => rmSync(path, { force: true }));
  try {
    rmdirSync(journalFolder(directory));
  } catch {
    // It is not there, or holds files that are not ours.
  }
}

/** Runs `work`; what the disk refuses there is a RunDirectoryError. */
export function onJournal<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new RunDirectoryError(
      {
        where: path,
        received: error instanceof Error ? error.message : String(error),
        allowed: 'a journal that may be read and removed',
        remedy: 'change its permissions, or remove it: what it holds is then simulated again',
      },
      { cause: error },
    );
  }
}

function segmentName(number: number): string {
  return `${String(number).padStart(6, '0')}.journal`;
}

/** Names of segments in order. Folders, pipes and links of such a name are somebody else's. */
function segmentNames(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && SEGMENT.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Without its parents: a run directory that was removed meanwhile must not come back with nothing but a journal in it. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
