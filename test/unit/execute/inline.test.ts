import { expect, it } from 'vitest';
import { RunError, TaskError } from '../../../src/errors.ts';
import { InlineExecutor } from '../../../src/execute/inline.ts';
import type { SimulateTask } from '../../../src/execute/task.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { Arena } from '../../../src/memory/arena.ts';
import { bandsOf } from '../../../src/sweep/bands.ts';
import { groupsOf, slotCount } from '../../../src/sweep/groups.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import { smallSweep } from '../../support/small-sweep.ts';

const { spec, datasets } = await smallSweep();
const plan = planSweep(spec, datasets);
const [group] = groupsOf(plan) as [ReturnType<typeof groupsOf>[number]];

function simulate(): SimulateTask {
  const arena = Arena.allocate(slotCount(plan, group), slotCount(plan, group) * 16 * 1024);
  const band = bandsOf(plan, group)[0]?.id as number;
  return { kind: 'simulate', group, band, firstBlock: 0, lastBlock: 2, arena: arena.buffer };
}

/** Makes kernels that throw `errors` one after another, each once; then good ones. */
function kernels(...errors: readonly unknown[]): { made: number; readonly next: () => Kernel } {
  const counter = {
    made: 0,
    next: (): Kernel => {
      const kernel = new WasmKernel();
      const error = errors[counter.made++];
      if (error !== undefined)
        kernel.simulator = () => {
          throw error;
        };
      return kernel;
    },
  };
  return counter;
}

it('goes on with a new kernel after one that trapped, and rejects that task alone', async () => {
  const trap = Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
  const counter = kernels(trap, 'no error at all');
  const executor = new InlineExecutor(plan, counter.next);
  const first = executor.submit(simulate());
  const second = executor.submit(simulate());
  const third = executor.submit(simulate());
  await expect(first).rejects.toThrow(TaskError);
  await expect(first).rejects.toMatchObject({
    message: 'RuntimeError: unreachable',
    cause: { stack: trap.stack },
  });
  await expect(second).rejects.toThrow(new TaskError('Error: no error at all'));
  await third;
  await executor.submit(simulate());
  expect(counter.made).toBe(3);
});

it('keeps the kernel when a task says on purpose that the run cannot go on', async () => {
  const error = new RunError('no room');
  const counter = kernels(error);
  const executor = new InlineExecutor(plan, counter.next);
  await expect(executor.submit(simulate())).rejects.toBe(error);
  expect(counter.made).toBe(1);
});
