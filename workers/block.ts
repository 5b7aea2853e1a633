import { workerData } from 'node:worker_threads';
import { type Failure, failureOf } from '../src/execute/failure.ts';
import { perform } from '../src/execute/perform.ts';
import type { WorkerSetup } from '../src/execute/pool.ts';
import type { Task } from '../src/execute/task.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { WasmKernel } from '../src/kernel/wasm.ts';
import { planSweep, type SweepPlan } from '../src/sweep/plan.ts';

let ready: { readonly kernel: Kernel; readonly plan: SweepPlan } | undefined;

/**
 * The Piscina entry: one simulate or derive task; an error is returned, because one that is thrown arrives without its class.
 * Set up by the first task, because an error at the top level is lost.
 */
export default function run(task: Task): Failure | undefined {
  try {
    ready ??= setUp();
    perform(ready.kernel, ready.plan, task);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

function setUp(): NonNullable<typeof ready> {
  const { spec, datasets, kernel } = workerData as WorkerSetup;
  return { kernel: new WasmKernel(kernel), plan: planSweep(spec, datasets) };
}
