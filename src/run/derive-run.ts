import { existsSync, realpathSync } from 'node:fs';
import { checkSpec } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import type { SweepSpec } from '../model/spec.ts';
import { planSweep, type SweepPlan } from '../sweep/plan.ts';
import { openFinishedRun } from './directory.ts';
import { talliesOf } from './finished-tables.ts';
import { RecallExecutor } from './recall-executor.ts';
import { type RunOptions, type RunOutcome, runSweep } from './run-sweep.ts';

/** Axes that act on z after it was drawn. */
export type DerivedAxes = Partial<Pick<SweepSpec, 'initializers' | 'activations' | 'beta' | 'fanOut'>>;

/**
 * New cells from the tallies of a finished run, without a random number: a complete run directory whose tables are, byte for
 * byte, those that running the new sweep would give.
 *
 * @param path directory of the finished run
 * @param axes replace the run's own; what is left out stays
 * @throws RunDirectoryError when there is no finished run, UsageError when an initializer's weight shape was not simulated in it,
 *   ConfigError when the new sweep is not valid, and whatever `runSweep` throws
 */
export async function deriveRun(
  path: string,
  axes: DerivedAxes,
  options: Omit<RunOptions, 'origin'>,
): Promise<RunOutcome> {
  const source = openFinishedRun(path);
  if (existsSync(options.directory) && realpathSync(options.directory) === realpathSync(path)) {
    throw new UsageError({
      where: '--out',
      received: `${options.directory}, the run itself`,
      allowed: 'another directory',
    });
  }
  // The draws are there: there is no precision to work for.
  const spec = checkSpec({ ...source.sweep.spec, ...axes, precision: null });
  requireShapes(source.plan, planSweep(spec));
  return runSweep(
    { spec, datasets: new Map() },
    {
      ...options,
      origin: { directory: path, plan: source.plan.hash },
      open: async (plan, datasets, threads) =>
        new RecallExecutor(plan, source.plan, talliesOf(source), await options.open(plan, datasets, threads)),
    },
  );
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
