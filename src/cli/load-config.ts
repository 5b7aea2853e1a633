import { type LoadedSweep, loadSweep } from '../config/load.ts';

/** What the command line may say instead of the config, as it was typed. */
export interface TypedOverrides {
  readonly samples?: string | undefined;
  readonly seed?: string | undefined;
}

/** Loads a config with the command line's overrides; data files may be CSV, Parquet or Arrow. */
export function loadConfig(path: string, { samples, seed }: TypedOverrides = {}): Promise<LoadedSweep> {
  return loadSweep(path, {
    // A text that is no number stays as it is, and is refused with its name like any other wrong value.
    overrides: { seed, samples: samples !== undefined && Number.isFinite(Number(samples)) ? Number(samples) : samples },
    checkExpectations: async (expectations, spec) =>
      expectations.expect.length === 0
        ? []
        : (await import('../report/claims/check-expectations.ts')).checkExpectations(expectations, spec),
    readArrow: async (file, column) => (await import('../tables/columns-of.ts')).readArrowColumns(file, column),
  });
}
