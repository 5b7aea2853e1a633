import { existsSync, realpathSync } from 'node:fs';
import { checkSpec } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import type { SweepSpec } from '../model/spec.ts';
import { planSweep, type SweepPlan } from '../sweep/plan.ts';
import { datasetsOf } from './data-files.ts';
import { knownRun, requireIntactTallies } from './finished-tables.ts';
import { resultSpec } from './result-spec.ts';
import { openWholeRun, requireLayer } from './run-directory.ts';
import type { RunOptions } from './run-options.ts';
import { type RunOutcome, runSweep } from './run-sweep.ts';

/** Axes that act on z after it was drawn. */
export type DerivedAxes = Partial<Pick<SweepSpec, 'initializers' | 'activations' | 'beta' | 'fanOut'>>;

/** What a verb that fills a directory from other runs leaves to its caller. */
export type FillOptions = Omit<RunOptions, 'origins' | 'known' | 'shard' | 'extending'>;

/**
 * New cells from the tallies of a finished run, without a random number: a complete run directory whose tables are, byte for
 * byte, those that running the new sweep would give.
 *
 * @param path directory of the finished run
 * @param axes replace the run's own; what is left out stays
 * @throws RunDirectoryError when there is no finished run, UsageError when an initializer's weight shape was not simulated in it,
 *   ConfigError when the new sweep is not valid, and whatever `runSweep` throws
 */
export async function deriveRun(path: string, axes: DerivedAxes, options: FillOptions): Promise<RunOutcome> {
  const source = requireLayer(openWholeRun(path), 'derive');
  refuseOwnDirectory(options.directory, [path]);
  const spec = checkSpec({ ...resultSpec(source), ...axes });
  requireShapes(source.plan, planSweep(spec));
  await requireIntactTallies(source);
  return runSweep(
    { spec, datasets: datasetsOf(source) },
    {
      ...options,
      origins: [{ directory: path, plan: source.plan.hash }],
      known: (plan) => [knownRun(plan, source)],
    },
  );
}

/** @throws UsageError when a run is to be written over while it is read */
export function refuseOwnDirectory(directory: string, runs: readonly string[]): void {
  if (!existsSync(directory) || !runs.some((run) => realpathSync(run) === realpathSync(directory))) return;
  throw new UsageError({
    where: '--out',
    received: `${directory}, ${runs.length > 1 ? 'one of the runs' : 'the run itself'}`,
    allowed: 'another directory',
  });
}

function requireShapes(source: SweepPlan, plan: SweepPlan): void {
  const there = new Set(source.shapes.map(({ kind }) => kind)).add('zero');
  const missing = plan.initializers.filter(({ shape }) => !there.has(shape.kind));
  if (missing.length === 0) return;
  throw new UsageError(
    missing.map(({ label, shape }) => ({
      where: `initializer ${label}`,
      received: `the weight shape ${shape.kind}, which the run did not simulate`,
      allowed: `initializers of the shapes ${[...there].join(', ')}`,
      remedy: 'run a sweep that names it',
    })),
  );
}
