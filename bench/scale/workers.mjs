// node bench/scale/workers.mjs '{"url": …, "workers": N, "pace": X}': worker processes of one thread each, but all in this one, and
// they only wait: X times as long as the work is predicted to take. What they then send is what the kernel made of one block, named as
// the blocks that were asked for. Says `ready`; when it is told to stop it says, in JSON, how much processor time it took.

import { InlineExecutor } from '../../dist/src/execute/inline.js';
import { encodeTallies } from '../../dist/src/execute/queue/answer.js';
import { QueueWorker } from '../../dist/src/execute/queue/worker.js';
import { experimentOf } from '../../dist/src/experiment/plan-of.js';
import { Arena } from '../../dist/src/memory/arena.js';
import { positionsOf } from '../../dist/src/sweep/band.js';
import { arenaRoom, slotCount, slotOf } from '../../dist/src/sweep/groups.js';
import { largeSweep, tasksOf } from './sweep.mjs';

/** @typedef {import('../../src/sweep/groups.ts').TallyPosition} TallyPosition */

/** @param {TallyPosition} position */
const nameOf = ({ input, fanIn, shape }) => `${input} ${fanIn} ${shape}`;

/** The records of one block, by their names. */
async function sampleRecords() {
  const { plan } = await largeSweep(1);
  const executor = new InlineExecutor(plan);
  const { group } = tasksOf(plan, 0, 1);
  const slots = slotCount(plan, group);
  const arena = Arena.allocate(slots, arenaRoom(plan, slots));
  const bands = experimentOf(plan).bandsOf(plan, group);
  for (const { id: band } of bands)
    await executor.submit({ kind: 'simulate', group, band, firstBlock: 0, lastBlock: 1, arena: arena.buffer });
  const positions = bands.flatMap((band) => positionsOf(band, 0));
  return new Map(
    positions.map((position) => {
      const record = /** @type {Uint8Array} */ (arena.record(slotOf(plan, group, position)));
      return [nameOf(position), Uint8Array.from(record)];
    }),
  );
}

const { url, workers, pace } = JSON.parse(process.argv[2] ?? '');
const records = await sampleRecords();

/** @type {import('../../src/execute/queue/simulator.ts').OpenSimulator} */
const waiting = () => ({
  async simulate({ group, band, positions }) {
    const [from, to] = group.blocks;
    await new Promise((resolve) => setTimeout(resolve, (pace * band.cost * (to - from)) / 1e6));
    return encodeTallies(
      positions.map((position) => ({ position, record: /** @type {Uint8Array} */ (records.get(nameOf(position))) })),
    );
  },
  close: async () => {},
});
const open = await Promise.all(
  Array.from({ length: workers }, () => QueueWorker.open({ url, shown: url }, { threads: 1, simulator: waiting })),
);
const before = process.cpuUsage();
process.once('SIGTERM', async () => {
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpu: (user + system) / 1e6 }));
  await Promise.all(open.map((worker) => worker.close()));
});
console.log('ready');
