import { InitsweepError, StoppedError, UsageError } from '../errors.ts';
import type { RunOutcome } from '../run/run-sweep.ts';
import { type ConductFlags, conduct, type Fill } from './conduct.ts';
import { exitWith, reportError } from './failure.ts';

/** One config's work, and where it goes. */
export interface ConductJob {
  readonly config: string;
  readonly directory: string;
  readonly work: (fill: Fill) => Promise<RunOutcome>;
}

/**
 * Conducts jobs one after another. One that fails is reported, and the others go on; the exit code is then the worst of all. A stop, by
 * a signal or because the time of all together is up, stops them all.
 *
 * @throws UsageError where two want one directory, StoppedError, or the error of a single job
 */
export async function conductAll(jobs: readonly ConductJob[], flags: ConductFlags): Promise<void> {
  refuseSharedDirectory(jobs);
  const [only] = jobs;
  if (jobs.length === 1 && only !== undefined) return conduct(only.directory, flags, only.work);
  const started = performance.now();
  for (const job of jobs) {
    const { maxTime } = flags;
    const left =
      maxTime === undefined ? {} : { maxTime: Math.max(0.01, maxTime - (performance.now() - started) / 1000) };
    try {
      await conduct(job.directory, { ...flags, ...left }, job.work);
    } catch (error) {
      if (error instanceof StoppedError || !(error instanceof InitsweepError)) throw error;
      exitWith(reportError(error));
    }
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
