import type { Spec } from '../model/experiment-spec.ts';
import { mainTableOf, rowsOf } from '../run/finished-tables.ts';
import type { Manifest } from '../run/manifest.ts';
import { openRunWithTables } from '../run/run-directory.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';

/** A finished run on disk. */
export interface StoredRun {
  readonly directory: string;
  /** The sweep with its defaults filled in. */
  readonly spec: Spec;
  /** How the run went: versions, times, the SHA-256 of both tables. */
  readonly manifest: Manifest;
  /** The main table: one row a cell, or a layer of it, or a step of an arm. Columns are read from the file when they are asked for. */
  readonly estimates: EstimateTable;
  /** A table of the run by its name, such as `arms`. @throws RunDirectoryError when the run has none of that name */
  table(name: string): EstimateTable;
}

/**
 * Opens a finished run.
 *
 * @example readRun('output/gold-rule').estimates.numbers('z_var')
 * @throws RunDirectoryError when the directory holds no finished run, or a damaged one
 */
export function readRun(directory: string): StoredRun {
  const run = openRunWithTables(directory);
  return {
    directory,
    spec: run.sweep.spec,
    manifest: run.manifest,
    estimates: mainTableOf(run),
    table: (name) => rowsOf(run, name),
  };
}
