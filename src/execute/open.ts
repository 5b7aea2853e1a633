import { experimentOf } from '../experiment/plan-of.ts';
import { groupsOf } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import type { OpenExecutor } from './executor.ts';

/** Seconds of work that are done on the main thread at most: a signal, a hang or a lack of memory there stops everything. */
const SHORT = 2;

/** This thread for a short sweep on one thread, else worker threads; piscina is loaded only when it is needed. */
export const openExecutor: OpenExecutor = async (plan, datasets, threads) => {
  if (threads === 1 && isShort(plan)) return new (await import('./inline.ts')).InlineExecutor(plan);
  return new (await import('./pool.ts')).PoolExecutor(plan.spec, datasets, threads);
};

function isShort(plan: Plan): boolean {
  const experiment = experimentOf(plan);
  // How many rounds it will take, nobody knows.
  if (plan.spec.precision !== null) return false;
  let left = SHORT * 1e9 - plan.grid.inputs.length * plan.grid.fanIns.length * experiment.unitCost(plan, plan.blocks);
  for (const group of groupsOf(plan)) {
    if (left < 0) break;
    for (const { cost } of experiment.bandsOf(plan, group)) left -= plan.blocks * cost;
  }
  return left >= 0;
}
