import type { SweepSpec } from '../model/spec.ts';
import { openRunWithTables } from '../run/directory.ts';
import { estimatesOf } from '../run/finished-tables.ts';
import type { Manifest } from '../run/manifest.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';

/** A finished run on disk. */
export interface StoredRun {
  readonly directory: string;
  /** The sweep with its defaults filled in. */
  readonly spec: SweepSpec;
  /** How the run went: versions, times, the SHA-256 of both tables. */
  readonly manifest: Manifest;
  /** Columns are read from the file when they are asked for. */
  readonly estimates: EstimateTable;
}

/**
 * Opens a finished run.
 *
 * @example readRun('output/gold-rule').estimates.numbers('z_var')
 * @throws RunDirectoryError when the directory holds no finished run, or a damaged one
 */
export function readRun(directory: string): StoredRun {
  const run = openRunWithTables(directory);
  return { directory, spec: run.sweep.spec, manifest: run.manifest, estimates: estimatesOf(run) };
}
