import { type LoadedSweep, type LoadOptions, loadSweep, readSweep } from '../config/load.ts';
import { ConfigError, UsageError } from '../errors.ts';

/** What the command line may say instead of the config, as it was typed. */
export interface TypedOverrides {
  readonly samples?: string | undefined;
  readonly seed?: string | undefined;
}

/** What stands for the standard input. */
const STDIN = '-';

/** Loads a config with the command line's overrides; data files may be CSV, Parquet or Arrow. */
export function loadConfig(path: string, { samples, seed }: TypedOverrides = {}): Promise<LoadedSweep> {
  const options: LoadOptions = {
    // A text that is no number stays as it is, and is refused with its name like any other wrong value.
    overrides: { seed, samples: samples !== undefined && Number.isFinite(Number(samples)) ? Number(samples) : samples },
    checkExpectations: async (expectations, spec) =>
      expectations.expect.length === 0
        ? []
        : (await import('../report/claims/check-expectations.ts')).checkExpectations(expectations, spec),
    readArrow: async (file, column) => (await import('../tables/columns-of.ts')).readArrowColumns(file, column),
  };
  return path === STDIN
    ? readSweep(() => process.stdin, { ...options, file: 'standard input', directory: process.cwd() })
    : loadSweep(path, options);
}

/** Loads configs, all of them before any is used. @throws ConfigError listing everything that is wrong with any, UsageError for - twice */
export async function loadConfigs(paths: readonly string[], overrides: TypedOverrides): Promise<LoadedSweep[]> {
  if (paths.filter((path) => path === STDIN).length > 1)
    throw new UsageError({
      where: 'config',
      received: '- more than once',
      allowed: 'one config from the standard input',
    });
  const loaded: LoadedSweep[] = [];
  const problems: ConfigError[] = [];
  for (const path of paths)
    try {
      loaded.push(await loadConfig(path, overrides));
    } catch (error) {
      if (!(error instanceof ConfigError) || paths.length === 1) throw error;
      problems.push(error);
    }
  if (problems.length > 0) throw new ConfigError(problems.flatMap(({ parts }) => parts));
  return loaded;
}
