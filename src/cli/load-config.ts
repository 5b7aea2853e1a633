import { type LoadedSweep, type LoadOptions, loadSweep } from '../config/load.ts';

/** Loads a config with the command line's overrides; data files may be CSV, Parquet or Arrow. */
export function loadConfig(path: string, overrides: LoadOptions['overrides'] = {}): Promise<LoadedSweep> {
  return loadSweep(path, {
    overrides,
    readArrow: async (file, column) => (await import('../tables/columns-of.ts')).readArrowColumns(file, column),
  });
}
