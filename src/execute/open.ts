import type { OpenExecutor } from './executor.ts';
import { runsAlone } from './runs-alone.ts';

/** This thread for a sweep too short to share, or short and on one thread; else worker threads. Piscina is loaded only for those. */
export const openExecutor: OpenExecutor = async (plan, datasets, threads) => {
  if (runsAlone(plan, threads)) return new (await import('./inline.ts')).InlineExecutor(plan);
  return new (await import('./pool.ts')).PoolExecutor(plan.spec, datasets, threads);
};
