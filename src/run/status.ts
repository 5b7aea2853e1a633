import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readRunFiles } from './directory.ts';
import { sha256OfFile } from './file-digest.ts';
import { JournalTallies } from './journal-tallies.ts';
import { isLocked } from './lock.ts';
import type { Manifest, TableEntry } from './manifest.ts';

/** A table of a run as the manifest has it, beside the file that is there. */
export interface TableStatus extends TableEntry {
  /** `present`: of the right size, its bytes not checked; `intact`: checked; `changed`: other bytes than were written. */
  readonly state: 'present' | 'intact' | 'changed' | 'missing';
}

export interface RunStatus {
  readonly path: string;
  readonly manifest: Manifest;
  /** As in the manifest, but a run without a process is `interrupted`. */
  readonly state: Manifest['status'] | 'interrupted';
  /** Cells a second in this session so far; null before anything is done. */
  readonly rate: number | null;
  /** Seconds to go at this rate; null unless the run is under way. */
  readonly secondsLeft: number | null;
  readonly tables: readonly TableStatus[];
}

export interface StatusOptions {
  /** Compare the SHA-256 of the tables with the manifest's. */
  readonly check?: boolean;
  /** Whether a process runs in the directory; for tests. */
  readonly isHeld?: (directory: string) => boolean;
}

/** How a run stands, from its manifest. @throws RunDirectoryError when there is no run, or its manifest is damaged */
export async function statusOf(path: string, options: StatusOptions = {}): Promise<RunStatus> {
  const { check = false, isHeld = isLocked } = options;
  const { manifest: written, sweep } = readRunFiles(path);
  const { status, progress, seconds } = written;
  const gone = status === 'running' && !isHeld(path);
  const manifest = gone ? await interrupted(path, written, sweep.draws) : written;
  const state = gone ? 'interrupted' : status;
  const done = progress.done - progress.found;
  const rate = done > 0 && seconds > 0 ? done / seconds : null;
  return {
    path,
    manifest,
    state,
    rate,
    secondsLeft: state === 'running' && rate !== null ? (progress.total - progress.done) / rate : null,
    tables: await Promise.all(Object.values(manifest.tables).map((entry) => tableStatus(path, entry, check))),
  };
}

/** The manifest of a process that is gone is older than its last breath: what it left is what is in the journal. */
async function interrupted(path: string, manifest: Manifest, draws: string): Promise<Manifest> {
  const journal = await JournalTallies.open(path, draws);
  journal.close();
  const { total } = manifest.tallies;
  const done = Math.min(total, journal.count);
  return {
    ...manifest,
    tallies: { ...manifest.tallies, done, found: Math.min(done, manifest.tallies.found), running: 0 },
  };
}

async function tableStatus(path: string, entry: TableEntry, check: boolean): Promise<TableStatus> {
  const file = join(path, entry.file);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { ...entry, state: 'missing' };
  if (found.size !== entry.bytes) return { ...entry, state: 'changed' };
  if (!check) return { ...entry, state: 'present' };
  return { ...entry, state: (await sha256OfFile(file)) === entry.sha256 ? 'intact' : 'changed' };
}
