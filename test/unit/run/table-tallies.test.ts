import { describe, expect, it } from 'vitest';
import { RunDirectoryError } from '../../../src/errors.ts';
import { TableTallies } from '../../../src/run/table-tallies.ts';
import { readRecord, writeRecord, zeroTally } from '../../../src/stats/record.ts';
import { type Group, groupsOf, type TallyPosition } from '../../../src/sweep/groups.ts';
import { planSweep, type SweepPlan } from '../../../src/sweep/plan.ts';
import type { TallyBytes } from '../../../src/tables/tally-bytes.ts';
import { smallSweep } from '../../support/small-sweep.ts';

/** Every row of a plan's tallies; the smallest value tells them apart. */
function* rowsOf(plan: SweepPlan): Generator<TallyBytes> {
  let row = 0;
  for (let input = 0; input < plan.inputs.length; input++)
    for (const fanIn of plan.spec.fanIn)
      for (let shape = 0; shape < plan.shapes.length; shape++)
        for (let block = 0; block < plan.blocks; block++, row++)
          yield {
            ...{ input, fanIn, shape, block },
            bytes: writeRecord({ ...zeroTally(plan.blockSamples), min: row, max: row }),
          };
}

/** What a group is given, by position: the rows' numbers. */
async function loaded(tallies: TableTallies, group: Group): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  await tallies.load(group, ({ input, fanIn, shape, block }: TallyPosition, record) => {
    found.set([input, fanIn, shape, block].join(), readRecord(record.buffer, record.byteOffset).min);
  });
  return found;
}

describe('tallies of a table', () => {
  it('come where the new plan has their shapes, group after group; those of zeros do not', async () => {
    const source = planSweep((await smallSweep({ initializers: ['he_normal', 'zeros', 'ones'] })).spec);
    const plan = planSweep((await smallSweep({ initializers: ['zeros', 'he_normal', 'lecun_normal'] })).spec);
    const tallies = new TableTallies(plan, { plan: source, rows: rowsOf(source), name: 'tallies.arrow' });
    // Small groups: one input each.
    for (const group of groupsOf(plan, [0, 64], 2 * 2 * plan.blocks)) {
      const found = await loaded(tallies, group);
      const [input] = group.inputs;
      // Shapes of the source: normal, zero, constant; of the plan: zero, normal.
      expect(found.size).toBe(2 * 64);
      for (const fanIn of [0, 1])
        for (const block of [0, 63])
          expect(found.get([input, fanIn, 1, block].join())).toBe((input * 2 + fanIn) * 3 * 64 + block);
    }
    tallies.close();
  });

  it('may lack some, and may be the blocks from another one on', async () => {
    const plan = planSweep((await smallSweep()).spec);
    const [group] = groupsOf(plan) as [Group];
    const rows = [...rowsOf(plan)].filter(({ block }) => block % 3 > 0);
    const found = await loaded(
      new TableTallies(plan, { plan, rows: rows.values(), name: 'tallies.arrow', blockOf: (b) => 64 + b }),
      group,
    );
    expect([...found.keys()].filter((key) => key.startsWith('0,0,0,'))).toEqual(
      Array.from({ length: 64 }, (_, block) => block).flatMap((b) => (b % 3 > 0 ? [`0,0,0,${64 + b}`] : [])),
    );
  });

  it('are refused out of order, twice, of another size, or beyond the axes', async () => {
    const plan = planSweep((await smallSweep()).spec);
    const [group] = groupsOf(plan) as [Group];
    const rows = [...rowsOf(plan)];
    const load = (given: readonly TallyBytes[]) =>
      loaded(new TableTallies(plan, { plan, rows: given.values(), name: 'tallies.arrow' }), group);
    const [first, second] = rows as [TallyBytes, TallyBytes];
    await expect(load(rows)).resolves.toBeDefined();
    await expect(load([second, first])).rejects.toThrow(/row 1: received a tally out of order/);
    await expect(load([first, first])).rejects.toThrow(RunDirectoryError);
    await expect(load([{ ...first, bytes: writeRecord(zeroTally(1)) }])).rejects.toThrow('of another size');
    await expect(load([{ ...first, fanIn: 3 }])).rejects.toThrow('not the run’s');
    await expect(load([{ ...first, shape: 9 }])).rejects.toThrow('not the run’s');
  });
});
