import { experimentOf } from '../experiment/plan-of.ts';
import { groupsOf } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import { type OpenExecutor, secondsAlone } from './executor.ts';

/** This thread for a sweep too short to share, or short and on one thread; else worker threads. Piscina is loaded only for those. */
export const openExecutor: OpenExecutor = async (plan, datasets, threads) => {
  if (takesAtMost(plan, secondsAlone(threads))) return new (await import('./inline.ts')).InlineExecutor(plan);
  return new (await import('./pool.ts')).PoolExecutor(plan.spec, datasets, threads);
};

function takesAtMost(plan: Plan, seconds: number): boolean {
  const experiment = experimentOf(plan);
  // How many rounds it will take, nobody knows.
  if (plan.spec.precision !== null) return false;
  let left = seconds * 1e9 - plan.grid.inputs.length * plan.grid.fanIns.length * experiment.unitCost(plan, plan.blocks);
  for (const group of groupsOf(plan)) {
    if (left < 0) break;
    for (const { cost } of experiment.bandsOf(plan, group)) left -= plan.blocks * cost;
  }
  return left >= 0;
}
