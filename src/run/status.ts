import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isSweep } from '../config/config-of.ts';
import { RunDirectoryError } from '../errors.ts';
import type { PrecisionSpec } from '../model/spec.ts';
import { type Group, holds } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import { sha256OfFile } from './file-digest.ts';
import { JournalTallies } from './journal-tallies.ts';
import type { KnownTallies } from './known-tallies.ts';
import { isLocked } from './lock.ts';
import type { Manifest, TableEntry } from './manifest.ts';
import { ownTable } from './own-table.ts';
import { openRun, type RunDirectory, readRunFiles } from './run-directory.ts';

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
  /** Seconds to go at this rate; null unless the run is under way, and as long as its precision may add rounds. */
  readonly secondsLeft: number | null;
  /** What precision the run is to reach, if any: `manifest.precision` says how it stands. */
  readonly precision: PrecisionSpec | null;
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
  const { files, gone } = look(path, isHeld);
  const state = gone ? 'interrupted' : files.manifest.status;
  const over = state === 'interrupted' || state === 'stopped' || state === 'failed';
  const manifest = over ? await withKept(files) : files.manifest;
  const { progress, seconds } = manifest;
  const { spec } = files.sweep;
  const precision = isSweep(spec) ? spec.precision : null;
  const pending = precision !== null && (manifest.precision?.decision ?? 'continue') === 'continue';
  const done = progress.done - progress.found;
  const rate = done > 0 && seconds > 0 ? done / seconds : null;
  return {
    path,
    manifest,
    state,
    rate,
    secondsLeft: state === 'running' && rate !== null && !pending ? (progress.total - progress.done) / rate : null,
    precision,
    tables: await Promise.all(Object.values(manifest.tables).map((entry) => tableStatus(path, entry, check))),
  };
}

type RunFiles = Pick<RunDirectory, 'path' | 'sweep' | 'manifest'>;

/** A run, and whether its process is gone: a manifest that was read before the lock was found free may have been rewritten since. */
function look(path: string, isHeld: (directory: string) => boolean): { files: RunFiles; gone: boolean } {
  const before = readRunFiles(path);
  if (before.manifest.status !== 'running' || isHeld(path)) return { files: before, gone: false };
  const files = readRunFiles(path);
  const { status, sessions } = files.manifest;
  return { files, gone: status === 'running' && sessions === before.manifest.sessions };
}

/** The manifest of a run that ended early, with what it left in the place of what it last counted: not all of that was on the disk. */
async function withKept(files: RunFiles): Promise<Manifest> {
  const { manifest } = files;
  const { total, found, failed } = manifest.tallies;
  const kept = await countKept(files);
  // One that ended before it had looked at its blocks has no total.
  const done = total === 0 ? kept : Math.min(total - failed, kept);
  return { ...manifest, tallies: { ...manifest.tallies, done, found: Math.min(done, found), running: 0 } };
}

/** Different tallies in the journal and in the run's own table. */
async function countKept(files: RunFiles): Promise<number> {
  const { path, sweep, manifest } = files;
  const journal = await JournalTallies.open(path, sweep.draws);
  const plan = 'tallies' in { ...manifest.tables, ...manifest.nextTables } ? planOf(path) : null;
  const table = plan && (await ownTable(path, plan, manifest));
  try {
    return plan && table ? await countDistinct(plan, manifest, [table.tallies, journal]) : journal.count;
  } finally {
    table?.tallies.close();
    journal.close();
  }
}

/** The plan of a run; null for one that this version can't go on with, whose table is then of no use to it. */
function planOf(path: string): Plan | null {
  try {
    return openRun(path).plan;
  } catch (error) {
    if (error instanceof RunDirectoryError) return null;
    throw error;
  }
}

/** Positions of the run's blocks that some source has, counted for one (input, fan-in) at a time: of all there may be millions. */
async function countDistinct(plan: Plan, { blocks }: Manifest, sources: readonly KnownTallies[]): Promise<number> {
  let count = 0;
  for (let input = 0; input < plan.grid.inputs.length; input++) {
    for (let fanIn = 0; fanIn < plan.grid.fanIns.length; fanIn++) {
      const group: Group = { inputs: [input, input + 1], fanIns: [fanIn, fanIn + 1], blocks };
      const seen = new Set<string>();
      for (const source of sources)
        await source.load(group, (position) => {
          if (holds(plan, group, position)) seen.add(`${position.shape} ${position.block}`);
        });
      count += seen.size;
    }
  }
  return count;
}

async function tableStatus(path: string, entry: TableEntry, check: boolean): Promise<TableStatus> {
  const file = join(path, entry.file);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { ...entry, state: 'missing' };
  if (!found.isFile() || found.size !== entry.bytes) return { ...entry, state: 'changed' };
  if (!check) return { ...entry, state: 'present' };
  return { ...entry, state: (await sha256OfFile(file)) === entry.sha256 ? 'intact' : 'changed' };
}
