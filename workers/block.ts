import { workerData } from 'node:worker_threads';
import { type Failure, failureOf } from '../src/execute/failure.ts';
import { Heartbeat } from '../src/execute/heartbeat.ts';
import { perform } from '../src/execute/perform.ts';
import type { Task } from '../src/execute/task.ts';
import type { WorkerSetup } from '../src/execute/worker-thread.ts';
import { planOf } from '../src/experiment/plan-of.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { WasmKernel } from '../src/kernel/wasm.ts';
import type { Plan } from '../src/sweep/plan.ts';

let ready: { readonly kernel: Kernel; readonly plan: Plan; readonly heartbeat: Heartbeat } | undefined;

/**
 * The Piscina entry: one simulate or derive task; an error is returned, because one that is thrown arrives without its class.
 * Set up by the first task, because an error at the top level is lost; the first beat says that what follows is the task's.
 */
export default function run(task: Task): Failure | undefined {
  try {
    ready ??= setUp();
    ready.heartbeat.beat();
    perform(ready.kernel, ready.plan, task, ready.heartbeat);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

function setUp(): NonNullable<typeof ready> {
  const { spec, datasets, kernel, heartbeat } = workerData as WorkerSetup;
  return {
    kernel: new WasmKernel(kernel),
    plan: planOf(spec, datasets),
    heartbeat: new Heartbeat(heartbeat),
  };
}
