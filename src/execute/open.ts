import type { OpenExecutor } from './executor.ts';

/** This thread for one thread, else a pool of worker threads; piscina is loaded only when it is needed. */
export const openExecutor: OpenExecutor = async (plan, datasets, threads) => {
  if (threads > 1) return new (await import('./pool.ts')).PoolExecutor(plan.spec, datasets, threads);
  return new (await import('./inline.ts')).InlineExecutor(plan);
};
