import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { RunDirectoryError } from '../errors.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import { cellCount } from '../sweep/plan.ts';
import { VERSION } from '../version.ts';
import { writeFileAtomically } from './atomic-file.ts';

/** A table as it was written. */
export interface TableEntry {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly bytes: number;
}

/** The run whose tallies a derived run uses. */
export interface RunOrigin {
  readonly directory: string;
  readonly plan: string;
}

/**
 * `manifest.json`: how a run went. Everything that may differ between two runs of one plan is here and not in the tables.
 */
export interface Manifest {
  readonly name: string;
  readonly status: 'running' | 'finished' | 'stopped' | 'failed';
  readonly plan: string;
  readonly versions: { readonly initsweep: string; readonly kernel: string; readonly node: string };
  readonly host: string;
  readonly platform: string;
  readonly pid: number;
  readonly threads: number;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
  /** Seconds of wall time so far. */
  readonly seconds: number;
  /** In cells; a share of a cell's work counts as that share of it. */
  readonly progress: { readonly done: number; readonly total: number };
  readonly tables: Readonly<Record<string, TableEntry>>;
  /** Where the tallies come from when nothing was simulated (`initsweep derive`); null in a run of its own. */
  readonly derivedFrom: RunOrigin | null;
  /** What went wrong, when the run failed. */
  readonly error: string | null;
}

/** Milliseconds between two writes of the manifest while a run goes on. */
const INTERVAL = 1000;

/** Keeps a run's manifest true while it goes on. */
export class ManifestKeeper {
  readonly #path: string;
  readonly #started = Date.now();
  #written = 0;
  #manifest: Manifest;

  constructor(path: string, plan: SweepPlan, threads: number, derivedFrom: RunOrigin | null = null) {
    this.#path = path;
    const now = new Date(this.#started).toISOString();
    this.#manifest = {
      name: plan.spec.name,
      status: 'running',
      plan: plan.hash,
      versions: { initsweep: VERSION, kernel: KERNEL_VERSION, node: process.version },
      host: hostname(),
      platform: `${process.platform}-${process.arch}`,
      pid: process.pid,
      threads,
      startedAt: now,
      updatedAt: now,
      finishedAt: null,
      seconds: 0,
      progress: { done: 0, total: cellCount(plan) },
      tables: {},
      derivedFrom,
      error: null,
    };
    this.#write();
  }

  /** Notes progress; writes at most once a second. */
  progress(done: number): void {
    this.#manifest = { ...this.#manifest, progress: { ...this.#manifest.progress, done: Math.floor(done) } };
    if (Date.now() - this.#written >= INTERVAL) this.#write();
  }

  finish(tables: Readonly<Record<string, TableEntry>>): Manifest {
    const { total } = this.#manifest.progress;
    return this.#end({ status: 'finished', tables, progress: { done: total, total } });
  }

  /** @param error null when the run was stopped, else what failed */
  end(error: string | null): Manifest {
    return this.#end({ status: error === null ? 'stopped' : 'failed', error });
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
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<Manifest>;
    if (manifest.status && manifest.plan && manifest.progress) return manifest as Manifest;
  } catch {}
  throw new RunDirectoryError({
    where: path,
    received: 'a missing or damaged manifest',
    remedy: 'run the sweep again with --fresh',
  });
}
