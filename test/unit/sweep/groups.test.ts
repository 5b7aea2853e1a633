import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Group, groupsOf, ranges, slotCount, slotOf, unitsOf } from '../../../src/sweep/groups.ts';
import { cellCount, rowsPerUnit, type SweepPlan } from '../../../src/sweep/plan.ts';

/** As much of a plan as groups look at. */
function grid(inputs: number, fanIns: number, shapes: number, blocks: number): SweepPlan {
  const list = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
  return {
    spec: { fanIn: list(fanIns), fanOut: [1, 2], initializers: list(3), activations: list(2), beta: list(5) },
    inputs: list(inputs),
    shapes: list(shapes),
    grid: { inputs: list(inputs).map(String), fanIns: list(fanIns), series: list(shapes).map(String) },
    blocks,
  } as unknown as SweepPlan;
}

const axis = fc.integer({ min: 1, max: 9 });
const anyGrid = fc
  .tuple(axis, fc.integer({ min: 1, max: 40 }), axis, fc.integer({ min: 2, max: 128 }))
  .map((sizes) => grid(...sizes));
const anyLargest = fc.integer({ min: 1, max: 20_000 });
const options = { seed: 20_252, numRuns: 300 };

describe('groups', () => {
  it('partition inputs × fan-ins in the order of the rows, and stay within the largest where one unit fits', () => {
    fc.assert(
      fc.property(anyGrid, anyLargest, (plan, largest) => {
        const groups = groupsOf(plan, [0, plan.blocks], largest);
        const expected = plan.inputs.flatMap((_, input) => plan.spec.fanIn.map((_, fanIn) => ({ input, fanIn })));
        expect(groups.flatMap(unitsOf)).toEqual(expected);
        expect(groups.reduce((rows, group) => rows + unitsOf(group).length * rowsPerUnit(plan), 0)).toBe(
          cellCount(plan),
        );
        const unit = plan.shapes.length * plan.blocks;
        for (const group of groups) expect(slotCount(plan, group)).toBeLessThanOrEqual(Math.max(largest, unit));
      }),
      options,
    );
  });

  it('number their tallies from 0 on without a gap, in the order of the rows of tallies.arrow', () => {
    fc.assert(
      fc.property(anyGrid, anyLargest, fc.nat(), (plan, largest, pick) => {
        const groups = groupsOf(plan, [0, plan.blocks], largest);
        const group = groups[pick % groups.length] as Group;
        const slots: number[] = [];
        for (const { input, fanIn } of unitsOf(group))
          plan.shapes.forEach((_, shape) => {
            for (let block = 0; block < plan.blocks; block++)
              slots.push(slotOf(plan, group, { input, fanIn, shape, block }));
          });
        expect(slots.length).toBe(slotCount(plan, group));
        expect(slots.every((slot, i) => slot === i)).toBe(true);
      }),
      options,
    );
  });

  it('cut the fan-in axis only where one input is too much', () => {
    const plan = grid(6, 13, 3, 64);
    expect(groupsOf(plan, [0, 64], 6 * 13 * 3 * 64)).toHaveLength(1);
    expect(groupsOf(plan, [0, 64], 13 * 3 * 64).every(({ fanIns }) => fanIns[0] === 0 && fanIns[1] === 13)).toBe(true);
    expect(groupsOf(plan, [0, 64], 13 * 3 * 64 - 1).every(({ inputs }) => inputs[1] - inputs[0] === 1)).toBe(true);
  });

  it('hold rowsPerUnit rows a unit: fan-outs × initializers × activations × slopes', () => {
    expect(rowsPerUnit(grid(1, 1, 1, 2))).toBe(2 * 3 * 2 * 5);
  });
});

describe('ranges', () => {
  it('cover [0, n) once, in order, each of the width but the last', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.integer({ min: 1, max: 600 }), (n, width) => {
        const cut = ranges(n, width);
        expect(cut.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
          Array.from({ length: n }, (_, i) => i),
        );
        for (const [from, to] of cut.slice(0, -1)) expect(to - from).toBe(width);
      }),
      options,
    );
  });
});
