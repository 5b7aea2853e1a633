import { bandsOf } from '../sweep/bands.ts';
import { blockCost, unitCost } from '../sweep/cost.ts';
import { groupsOf } from '../sweep/groups.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { OpenExecutor } from './executor.ts';

/** Seconds of work that are done on the main thread at most: a signal, a hang or a lack of memory there stops everything. */
const SHORT = 2;

/** This thread for a short sweep on one thread, else worker threads; piscina is loaded only when it is needed. */
export const openExecutor: OpenExecutor = async (plan, datasets, threads) => {
  if (threads === 1 && isShort(plan)) return new (await import('./inline.ts')).InlineExecutor(plan);
  return new (await import('./pool.ts')).PoolExecutor(plan.spec, datasets, threads);
};

function isShort(plan: SweepPlan): boolean {
  // How many rounds it will take, nobody knows.
  if (plan.spec.precision !== null) return false;
  let left = SHORT * 1e9 - plan.inputs.length * plan.spec.fanIn.length * unitCost(plan);
  for (const group of groupsOf(plan)) {
    if (left < 0) break;
    for (const band of bandsOf(plan, group)) left -= plan.blocks * blockCost(band);
  }
  return left >= 0;
}
