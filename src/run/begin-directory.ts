import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { Expectations } from '../model/expect-spec.ts';
import type { Datasets } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { onRunDirectory } from '../tables/disk-error.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { Wanted } from './claim.ts';
import { clearData, DATA, keepDatasets } from './data-files.ts';
import { removeJournal } from './journal-folder.ts';
import { makeDirectory } from './make-directory.ts';
import { readOwnFile } from './own-file.ts';
import { FILES, LEFTOVER } from './run-files.ts';
import { readSweepFile, type SweepFile } from './sweep-file.ts';

/** Makes the directory. @throws RunDirectoryError where that fails */
export function makeRunDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
  } catch (error) {
    throw new RunDirectoryError(
      {
        where: path,
        received: `a directory that cannot be made (${error instanceof Error ? error.message : error})`,
        allowed: 'a place where directories can be made',
        remedy: 'name another directory with --out',
      },
      { cause: error },
    );
  }
}

/** Removes a run's own files, and nothing else. */
export function clearDirectory(path: string): void {
  onRunDirectory(path, () => {
    removeJournal(path);
    clearData(path);
    // What says whose directory it is goes last: killed before, the rest is not a stranger's.
    const { sweep, ...others } = FILES;
    for (const file of [...Object.values(others), sweep]) rmSync(join(path, file), { force: true });
  });
}

/** What looking at a lock, or taking one over, leaves when it is killed; whoever holds the lock may remove it. */
const LOCK_LEFTOVER = /^lock\../;

/**
 * Removes what a killed run left half written, and writes `sweep.json` and the values of data files.
 * @param expectations in place of those that are there, if given
 * @throws RunError, RunDirectoryError when the disk fails
 */
export function beginDirectory(path: string, wanted: Wanted, datasets: Datasets, expectations?: Expectations): void {
  onRunDirectory(path, () => begin(path, wanted, datasets, expectations));
}

function begin(path: string, { plan, shard }: Wanted, datasets: Datasets, expectations?: Expectations): void {
  const folders = [path, join(path, DATA)].filter((folder) => existsSync(folder));
  for (const folder of folders)
    for (const name of readdirSync(folder))
      if (LEFTOVER.test(name) || LOCK_LEFTOVER.test(name)) rmSync(join(folder, name), { force: true });
  const before = readSweepFile(join(path, FILES.sweep));
  const data = keepDatasets(path, datasets);
  const content: SweepFile = {
    kernel: KERNEL_VERSION,
    plan: plan.hash,
    draws: plan.draws,
    shard,
    spec: plan.spec,
    data: datasets.size > 0 ? data : (before?.data ?? {}),
    ...withExpectations(expectations ?? before?.expectations),
  };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  const file = join(path, FILES.sweep);
  if (readOwnFile(file)?.toString() !== text) writeFileAtomically(file, text);
}

function withExpectations(expectations: Expectations | undefined): Pick<SweepFile, 'expectations'> {
  return expectations === undefined || expectations.expect.length === 0 ? {} : { expectations };
}

/** Gives a run other expectations: they say nothing of what was simulated. @throws RunError, RunDirectoryError when the disk fails */
export function replaceExpectations(path: string, expectations: Expectations): void {
  const file = join(path, FILES.sweep);
  const before = readSweepFile(file);
  if (before === null) return;
  const { expectations: old, ...rest } = before;
  if (canonicalJson(withExpectations(old)) === canonicalJson(withExpectations(expectations))) return;
  const content: SweepFile = { ...rest, ...withExpectations(expectations) };
  onRunDirectory(path, () => writeFileAtomically(file, `${JSON.stringify(content, null, 2)}\n`));
}
