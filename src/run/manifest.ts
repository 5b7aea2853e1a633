import { RunDirectoryError } from '../errors.ts';
import type { Range } from '../sweep/groups.ts';
import type { Shard } from '../sweep/shard.ts';
import type { FailedBlock } from './faults.ts';
import { has, isCount, isListOf, isLongText, isNumber, isRecord, isShard, isText } from './json-checks.ts';
import { readOwnFile } from './own-file.ts';
import { isRound, type Round } from './precision-round.ts';
import type { TallyCounts } from './progress.ts';

/** A table as it was written. */
export interface TableEntry {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly bytes: number;
}

export type Tables = Readonly<Record<string, TableEntry>>;

/** The run whose tallies are used. */
export interface RunOrigin {
  readonly directory: string;
  readonly plan: string;
}

/**
 * `manifest.json`: how a run went. Everything that may differ between two runs of one plan is here and not in the tables.
 */
export interface Manifest {
  readonly name: string;
  /** `incomplete`: the tables are there, but some blocks failed and are missing in them. */
  readonly status: 'running' | 'finished' | 'incomplete' | 'stopped' | 'failed';
  readonly plan: string;
  readonly shard: Shard | null;
  /** The blocks that the run is to fill; a precision target may add some. */
  readonly blocks: Range;
  readonly versions: { readonly initsweep: string; readonly kernel: string; readonly node: string };
  /** Of the build that wrote this; null where that was not made from a repository. */
  readonly commit: string | null;
  readonly host: string;
  readonly platform: string;
  readonly pid: number;
  readonly threads: number;
  /** Times that the run was started or gone on with. What follows is of the last one. */
  readonly sessions: number;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
  /** Seconds of wall time so far. */
  readonly seconds: number;
  /** In cells; a share of a cell's work counts as that share of it. `found`: what was there when the session began. */
  readonly progress: { readonly done: number; readonly total: number; readonly found: number };
  readonly tallies: TallyCounts;
  /** How the precision of the config stood at the last boundary; null without one, and before the first. */
  readonly precision: Round | null;
  /** Blocks that could not be simulated; the same command tries them again. */
  readonly failures: readonly FailedBlock[];
  /** The tables in their places. */
  readonly tables: Tables;
  /** Tables that are about to be put in their places; null before and after that moment. */
  readonly nextTables: Tables | null;
  /** Where tallies come from that were not simulated here (`derive`, `merge`). */
  readonly origins: readonly RunOrigin[];
  /** What went wrong, when the run failed. */
  readonly error: string | null;
}

/** @throws RunDirectoryError when the file is missing or damaged */
export function readManifest(path: string): Manifest {
  const manifest = manifestIn(path);
  if (manifest !== null) return manifest;
  throw new RunDirectoryError({
    where: path,
    received: 'a missing or damaged manifest',
    remedy: 'the `initsweep run` that began it writes it anew; tables that no manifest names are simulated again',
  });
}

/** The manifest at `path`, null where there is none or a damaged one. @throws RunDirectoryError when the disk refuses to read it */
export function manifestIn(path: string): Manifest | null {
  // A disk that fails for a moment must not make a run forget what it has.
  const text = readOwnFile(path)?.toString() ?? '';
  try {
    const manifest: unknown = JSON.parse(text);
    return isManifest(manifest) ? manifest : null;
  } catch {
    return null;
  }
}

const STATUSES: readonly unknown[] = [
  'running',
  'finished',
  'incomplete',
  'stopped',
  'failed',
] satisfies Manifest['status'][];

/** A table's name leads to a file, which must be one of the directory's own. */
function isTables(value: unknown): value is Tables {
  return (
    isRecord(value) &&
    Object.entries(value).every(
      ([name, entry]) =>
        ['tallies', 'estimates', 'layers', 'training', 'arms'].includes(name) &&
        isRecord(entry) &&
        entry['file'] === `${name}.arrow` &&
        isText(entry['sha256']) &&
        has(entry, ['rows', 'bytes'], isCount),
    )
  );
}

function isFailure(value: unknown): value is FailedBlock {
  const some = (list: unknown) => Array.isArray(list) && list.length > 0;
  return (
    isRecord(value) &&
    isCount(value['block']) &&
    isLongText(value['error']) &&
    has(value, ['inputs', 'weightShapes', 'fanIns'], some) &&
    has(value, ['inputs', 'weightShapes'], isListOf(isText)) &&
    isListOf(isCount)(value['fanIns'])
  );
}

function isOrigin(value: unknown): value is RunOrigin {
  return has(value, ['directory', 'plan'], isText);
}

/** From the first to before the last, at least one. */
function isRange(value: unknown): value is Range {
  return isListOf(isCount)(value) && value.length === 2 && (value[0] as number) < (value[1] as number);
}

/** Whether all parts are there that anything relies on: a file may hold whatever somebody wrote into it. */
function isManifest(value: unknown): value is Manifest {
  return (
    isRecord(value) &&
    STATUSES.includes(value['status']) &&
    has(value, ['name', 'plan', 'host', 'platform', 'startedAt', 'updatedAt'], isText) &&
    has(value, ['pid', 'threads', 'sessions'], isCount) &&
    isNumber(value['seconds']) &&
    has(value['versions'], ['initsweep', 'kernel', 'node'], isText) &&
    has(value['progress'], ['done', 'total', 'found'], isCount) &&
    has(value['tallies'], ['total', 'found', 'done', 'running', 'failed'], isCount) &&
    isRange(value['blocks']) &&
    (value['precision'] === null || isRound(value['precision'])) &&
    (value['shard'] === null || isShard(value['shard'])) &&
    isListOf(isFailure)(value['failures']) &&
    isTables(value['tables']) &&
    (value['nextTables'] === null || isTables(value['nextTables'])) &&
    isListOf(isOrigin)(value['origins']) &&
    has(value, ['commit', 'finishedAt', 'error'], (text) => text === null || isLongText(text))
  );
}
