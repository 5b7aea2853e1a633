// node bench/scale/coordinator.mjs '{"url": …, "waves": N, "seconds": X, "ahead": N}': takes the results of so many groups from a queue, `ahead` of
// them submitted at once, in tasks of so many seconds, and prints what it took in JSON.

import { InlineExecutor } from '../../dist/src/execute/inline.js';
import { QueueExecutor } from '../../dist/src/execute/queue/executor.js';
import { Arena } from '../../dist/src/memory/arena.js';
import { arenaRoom, slotCount } from '../../dist/src/sweep/groups.js';
import { largeSweep, tasksOf } from './sweep.mjs';

const { url, waves, seconds, ahead } = JSON.parse(process.argv[2] ?? '');
const { plan, datasets } = await largeSweep(waves);
const executor = await QueueExecutor.open({ url, shown: url }, plan, datasets, new InlineExecutor(plan));
const before = process.cpuUsage();
/** @type {Arena[]} */
const arenas = [];
let [tasks, tallies, bytes, next] = [0, 0, 0, 0];
await Promise.all(
  Array.from({ length: ahead }, async () => {
    while (next < waves) {
      const wave = tasksOf(plan, next++, seconds);
      const slots = slotCount(plan, wave.group);
      const arena = arenas.pop() ?? Arena.allocate(slots, arenaRoom(plan, slots));
      arena.clear();
      await Promise.all(wave.tasks.map((task) => executor.submit({ ...task, arena: arena.buffer })));
      tasks += wave.tasks.length;
      const there = Array.from({ length: slots }, (_, slot) => arena.record(slot)).filter(
        (record) => record !== null,
      ).length;
      if (there !== wave.tallies) throw new Error(`${there} tallies of ${wave.tallies}`);
      tallies += there;
      bytes += arena.used;
      arenas.push(arena);
    }
  }),
);
const { user, system } = process.cpuUsage(before);
await executor.close();
const memory = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ tasks, tallies, bytes, cpu: (user + system) / 1e6, memory }));
