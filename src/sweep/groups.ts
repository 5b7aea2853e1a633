import type { Plan } from './plan.ts';

/** From the first to before the last. */
export type Range = readonly [from: number, to: number];

/**
 * Inputs × fan-ins × blocks whose tallies are in memory together: simulated in full, then derived, written and released. Inputs and
 * fan-ins are positions on their axis. Groups follow each other in the order of the tables' rows.
 */
export interface Group {
  readonly inputs: Range;
  readonly fanIns: Range;
  readonly blocks: Range;
}

/** Tallies of one group, some 10 kB each: at most, but for a group of a single fan-in, which is not cut. */
const LARGEST_GROUP = 6400;

/**
 * Cuts a sweep into groups. Whole inputs first, because cutting the fan-in axis repeats the shorter sums; only an input whose
 * fan-ins are too many alone is cut along them.
 */
export function groupsOf(plan: Plan, blocks: Range = [0, plan.blocks], largest = LARGEST_GROUP): Group[] {
  const { grid } = plan;
  const fanIns = grid.fanIns.length;
  const perFanIn = grid.series.length * size(blocks);
  const inputs = Math.floor(largest / (perFanIn * fanIns));
  if (inputs >= 1) {
    // Groups of even size keep both halves of a two-step pipeline busy.
    const count = Math.ceil(grid.inputs.length / inputs);
    return ranges(grid.inputs.length, Math.ceil(grid.inputs.length / count)).map((range) => ({
      inputs: range,
      fanIns: [0, fanIns],
      blocks,
    }));
  }
  const width = Math.max(1, Math.floor(largest / perFanIn));
  return grid.inputs.flatMap((_, input) =>
    ranges(fanIns, width).map((range) => ({ inputs: [input, input + 1] as const, fanIns: range, blocks })),
  );
}

/** [0, n) cut into ranges of `width`, the last one shorter. */
export function ranges(n: number, width: number): [number, number][] {
  return Array.from({ length: Math.ceil(n / width) }, (_, i) => [i * width, Math.min(n, (i + 1) * width)]);
}

function size([from, to]: Range): number {
  return to - from;
}

/** Tallies of a group. */
export function slotCount(plan: Plan, group: Group): number {
  return size(group.inputs) * size(group.fanIns) * plan.grid.series.length * size(group.blocks);
}

/** Bytes of an arena for so many tallies. */
export function arenaRoom(plan: Plan, slots: number): number {
  return slots * plan.tallyRoom;
}

/** Which tally: positions on the axes of the plan's grid (`shape`: of its series), and the block. */
export interface TallyPosition {
  readonly input: number;
  readonly fanIn: number;
  readonly shape: number;
  readonly block: number;
}

/** Where a tally of the group is kept: in row order of `tallies.arrow`. */
export function slotOf(plan: Plan, group: Group, { input, fanIn, shape, block }: TallyPosition): number {
  const unit = (input - group.inputs[0]) * size(group.fanIns) + (fanIn - group.fanIns[0]);
  return (unit * plan.grid.series.length + shape) * size(group.blocks) + block - group.blocks[0];
}

/** Whether the group and the plan have such a tally. */
export function holds(plan: Plan, group: Group, { input, fanIn, shape, block }: TallyPosition): boolean {
  const within = (value: number, [from, to]: Range) => value >= from && value < to;
  return (
    within(input, group.inputs) &&
    within(fanIn, group.fanIns) &&
    within(block, group.blocks) &&
    within(shape, [0, plan.grid.series.length])
  );
}

/** An (input, fan-in) by position: its tallies become rows together. */
export type Unit = Pick<TallyPosition, 'input' | 'fanIn'>;

/** The units of a group, in row order. */
export function unitsOf(group: Group): Unit[] {
  const units: Unit[] = [];
  for (let input = group.inputs[0]; input < group.inputs[1]; input++)
    for (let fanIn = group.fanIns[0]; fanIn < group.fanIns[1]; fanIn++) units.push({ input, fanIn });
  return units;
}
