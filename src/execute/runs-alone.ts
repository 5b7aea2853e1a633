import { experimentOf } from '../experiment/plan-of.ts';
import { groupsOf, unitsOf } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';

/**
 * Seconds of work, by the cost model, that are done on the main thread at most. On one thread: a signal, a hang or a lack of memory
 * there stops everything. On several: it is over before they would have started.
 */
const ALONE = { one: 2, several: 0.1 };

/** Whether this thread does all of a run. */
export function runsAlone(plan: Plan, threads: number): boolean {
  const experiment = experimentOf(plan);
  // How many rounds it will take, nobody knows.
  if (plan.spec.precision !== null) return false;
  let left = 1e9 * (threads === 1 ? ALONE.one : ALONE.several);
  for (const group of groupsOf(plan)) {
    if (left < 0) break;
    for (const unit of unitsOf(group)) left -= experiment.unitCost(plan, unit, plan.blocks);
    for (const { cost } of experiment.bandsOf(plan, group)) left -= plan.blocks * cost;
  }
  return left >= 0;
}
