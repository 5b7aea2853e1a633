import { hostname } from 'node:os';
import { RunDirectoryError } from '../errors.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { Range } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import type { Shard } from '../sweep/shard.ts';
import { VERSION } from '../version.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { FailedBlock } from './faults.ts';
import { has, isCount, isListOf, isLongText, isNumber, isRecord, isShard, isText } from './json-checks.ts';
import { readOwnFile } from './own-file.ts';
import { isRound, type Round } from './precision-round.ts';
import type { RunProgress, TallyCounts } from './progress.ts';

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

/** Milliseconds between two writes of the manifest while a run goes on. */
const INTERVAL = 1000;

/** What a manifest starts with. */
export interface ManifestStart {
  readonly plan: Plan;
  readonly shard: Shard | null;
  readonly blocks: Range;
  readonly threads: number;
  readonly origins: readonly RunOrigin[];
  /** What the directory's manifest said before, if it has one. */
  readonly previous: Manifest | null;
}

/** Keeps a run's manifest true while it goes on. */
export class ManifestKeeper {
  readonly #path: string;
  readonly #started = Date.now();
  #written = 0;
  #manifest: Manifest;

  constructor(path: string, { plan, shard, blocks, threads, origins, previous }: ManifestStart) {
    this.#path = path;
    const now = new Date(this.#started).toISOString();
    this.#manifest = {
      name: plan.spec.name,
      status: 'running',
      plan: plan.hash,
      shard,
      blocks,
      versions: { initsweep: VERSION, kernel: KERNEL_VERSION, node: process.version },
      host: hostname(),
      platform: `${process.platform}-${process.arch}`,
      pid: process.pid,
      threads,
      sessions: (previous?.sessions ?? 0) + 1,
      startedAt: now,
      updatedAt: now,
      finishedAt: null,
      seconds: 0,
      progress: { done: 0, total: experimentOf(plan).cellCount(plan), found: 0 },
      tallies: { total: 0, found: 0, done: 0, running: 0, failed: 0 },
      precision: null,
      failures: [],
      tables: previous?.tables ?? {},
      nextTables: previous?.nextTables ?? null,
      origins,
      error: null,
    };
    this.#write();
  }

  /** Notes progress; writes at most once a second. */
  progress({ done, total, found, tallies }: RunProgress): void {
    const progress = { done: Math.floor(done), total, found: Math.floor(found) };
    this.#manifest = { ...this.#manifest, progress, tallies };
    if (Date.now() - this.#written >= INTERVAL) this.#write();
  }

  /** How far a run with a precision is. */
  round(change: Partial<Pick<Manifest, 'blocks' | 'precision'>>): void {
    this.#manifest = { ...this.#manifest, ...change };
    this.#write();
  }

  /** Which tallies are in place: a crash between the places of two tables leaves those that were only the next ones. */
  holds(tallies: TableEntry): void {
    const { tables, nextTables } = this.#manifest;
    const placed = nextTables?.['tallies']?.sha256 === tallies.sha256;
    this.#manifest = { ...this.#manifest, tables: { ...tables, tallies }, nextTables: placed ? null : nextTables };
    this.#write();
  }

  /** The tables are whole and about to be put in their places: from here on either generation is known by its digest. */
  commit(nextTables: Tables): void {
    this.#manifest = { ...this.#manifest, nextTables };
    this.#write();
  }

  finish(tables: Tables, failures: readonly FailedBlock[]): Manifest {
    const { progress, tallies } = this.#manifest;
    return this.#end({
      status: failures.length === 0 ? 'finished' : 'incomplete',
      tables,
      nextTables: null,
      failures,
      progress: { ...progress, done: progress.total },
      tallies: { ...tallies, running: 0 },
    });
  }

  /** @param error null when the run was stopped, else what failed */
  end(error: string | null, failures: readonly FailedBlock[] = []): Manifest {
    const { tallies } = this.#manifest;
    return this.#end({
      status: error === null ? 'stopped' : 'failed',
      error,
      failures,
      tallies: { ...tallies, running: 0 },
    });
  }

  #end(change: Partial<Manifest>): Manifest {
    this.#manifest = { ...this.#manifest, ...change, finishedAt: new Date().toISOString() };
    this.#write();
    return this.#manifest;
  }

  #write(): void {
    this.#written = Date.now();
    this.#manifest = {
      ...this.#manifest,
      updatedAt: new Date(this.#written).toISOString(),
      seconds: (this.#written - this.#started) / 1000,
    };
    writeFileAtomically(this.#path, `${JSON.stringify(this.#manifest, null, 2)}\n`);
  }
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
    has(value, ['finishedAt', 'error'], (text) => text === null || isLongText(text))
  );
}
