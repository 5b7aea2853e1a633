import { type LoadedSweep, type LoadOptions, loadSweep, sweepFromObject } from '../config/load.ts';
import type { AnyConfig } from '../config/sweep-config.ts';

const OPTIONS: LoadOptions = {
  checkExpectations: async (expectations, spec) =>
    (await import('../report/claims/check-expectations.ts')).checkExpectations(expectations, spec),
  readArrow: async (file, choice) => (await import('../tables/columns-of.ts')).readArrowColumns(file, choice),
};

/** A sweep from a file (its data files are looked for beside it) or an object (from the working directory). */
export function loadConfig(config: string | AnyConfig): Promise<LoadedSweep> {
  return typeof config === 'string' ? loadSweep(config, OPTIONS) : sweepFromObject(config, OPTIONS);
}
