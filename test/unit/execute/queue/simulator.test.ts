import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { sweepFromObject } from '../../../../src/config/load.ts';
import { TaskError } from '../../../../src/errors.ts';
import { PoolExecutor } from '../../../../src/execute/pool.ts';
import { jobOf, type Order, orderOf } from '../../../../src/execute/queue/job.ts';
import { onThread } from '../../../../src/execute/queue/simulator.ts';
import { experimentOf, planOf } from '../../../../src/experiment/plan-of.ts';
import { groupsOf } from '../../../../src/sweep/groups.ts';

const { spec, datasets } = await sweepFromObject(
  { name: 'x', fanIn: [4], inputs: ['normal'], initializers: ['he_normal'], activations: ['relu'], samples: 4096 },
  { directory: '.' },
);
const plan = planOf(spec, datasets);
const [{ inputs, fanIns }] = groupsOf(plan) as [ReturnType<typeof groupsOf>[number]];

function orderFor(from: number, to: number): Order {
  const group = { inputs, fanIns, blocks: [from, to] } as const;
  const [band] = experimentOf(plan).bandsOf(plan, group);
  const task = { kind: 'simulate', group, band: band?.id as number, firstBlock: from, lastBlock: to } as const;
  return orderOf(plan, jobOf(plan, { ...task, arena: new SharedArrayBuffer(8) })) as Order;
}

const first = onThread()({ plan, datasets });
const second = onThread()({ plan, datasets });
afterEach(() => vi.restoreAllMocks());
afterAll(() => Promise.all([first.close(), second.close()]));

it('does one order after the other in the same memory, if that is large enough', async () => {
  const submit = vi.spyOn(PoolExecutor.prototype, 'submit');
  const orders = [orderFor(0, 2), orderFor(2, 3), orderFor(3, 5), orderFor(5, 9)];
  const answers: Buffer[] = [];
  for (const order of orders) answers.push(await first.simulate(order));
  const used = submit.mock.calls.map(([task]) => task.arena);
  expect(used.map((arena) => used.indexOf(arena))).toEqual([0, 0, 0, 3]);
  for (const [i, order] of [...orders.entries()].reverse()) expect(await second.simulate(order)).toEqual(answers[i]);
});

it('never uses the memory again of an order that failed, whose thread may still write', async () => {
  const submit = vi.spyOn(PoolExecutor.prototype, 'submit');
  await first.simulate(orderFor(0, 1));
  submit.mockRejectedValueOnce(new TaskError('a fault made for a test'));
  await expect(first.simulate(orderFor(1, 2))).rejects.toThrow('made for a test');
  await first.simulate(orderFor(1, 2));
  const [done, failed, after] = submit.mock.calls.map(([task]) => task.arena);
  expect(failed).toBe(done);
  expect(after).not.toBe(failed);
});
