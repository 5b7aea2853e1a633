import type { OpenExecutor } from '../executor.ts';
import { openExecutor } from '../open.ts';
import type { QueueAddress } from './address.ts';
import { QueueExecutor } from './executor.ts';
import type { QueueOptions } from './parts.ts';
import { sharedPlan } from './shared-plan.ts';

/** Makes executors that simulate on the workers of a queue, and derive in this process. */
export function openOnQueue(address: QueueAddress, options: QueueOptions = {}): OpenExecutor {
  return async (plan, datasets, threads, signal) =>
    QueueExecutor.open(address, sharedPlan(plan, datasets), datasets, await openExecutor(plan, datasets, threads), {
      ...options,
      signal,
    });
}
