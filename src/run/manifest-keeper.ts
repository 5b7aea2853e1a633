import { hostname } from 'node:os';
import { experimentOf } from '../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { Range } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import type { Shard } from '../sweep/shard.ts';
import { COMMIT, VERSION } from '../version.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { FailedBlock } from './faults.ts';
import type { Manifest, RunOrigin, TableEntry, Tables } from './manifest.ts';
import type { RunProgress } from './progress.ts';

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
      commit: COMMIT,
      host: hostname(),
      platform: `${process.platform}-${process.arch}`,
      pid: process.pid,
      threads,
      sessions: (previous?.sessions ?? 0) + 1,
      startedAt: now,
      updatedAt: now,
      finishedAt: null,
      seconds: 0,
      progress: { done: 0, total: experimentOf(plan).rowCounts(plan)[0], found: 0 },
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
