import { InitsweepError, StoppedError, UsageError } from '../errors.ts';
import type { RunOutcome } from '../run/run-sweep.ts';
import { type ConductFlags, conductUnder, type Fill } from './conduct.ts';
import { exitWith, reportError } from './failure.ts';
import { stopOnSignals } from './signals.ts';

/** One config's work, and where it goes. */
export interface ConductJob {
  readonly config: string;
  readonly directory: string;
  readonly work: (fill: Fill) => Promise<RunOutcome>;
}

/**
 * Conducts jobs one after another. One that fails is reported, and the others go on; the exit code is then the worst of all. A stop, by
 * a signal or because the time of all together is up, stops them all: one that comes between two jobs, the next.
 *
 * @throws UsageError where two want one directory, StoppedError
 */
export async function conductAll(jobs: readonly ConductJob[], flags: ConductFlags): Promise<void> {
  refuseSharedDirectory(jobs);
  const stops = stopOnSignals(flags.maxTime);
  try {
    for (const { directory, work } of jobs) {
      try {
        await conductUnder(stops, directory, flags, work);
      } catch (error) {
        if (error instanceof StoppedError || !(error instanceof InitsweepError)) throw error;
        exitWith(reportError(error));
      }
    }
  } finally {
    stops.dispose();
  }
}

function refuseSharedDirectory(jobs: readonly ConductJob[]): void {
  const seen = new Map<string, string>();
  for (const { config, directory } of jobs) {
    const first = seen.get(directory);
    if (first !== undefined)
      throw new UsageError({
        where: config,
        received: `a sweep that goes to ${directory}`,
        allowed: 'sweeps of different names',
        remedy: `so does ${first}: rename one of them, or run it by itself with --out`,
      });
    seen.set(directory, config);
  }
}
