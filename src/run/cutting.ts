import type { DerivePart } from '../execute/task.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import { unitCost } from '../sweep/cost.ts';
import { type Range, ranges, type Unit } from '../sweep/groups.ts';
import { rowsPerUnit, type SweepPlan } from '../sweep/plan.ts';

// How work is cut into tasks. Only speed depends on it, never a result.

export interface Cutting {
  /** Tallies in memory together, at most (see `groupsOf`); absent: its own default. */
  readonly largestGroup?: number;
  /** Tasks for each thread, at least: so that one that finishes early finds another. */
  readonly tasksPerThread: number;
  /** Nanoseconds of a task: not so short that dispatch shows, not so long that stopping waits long for it (a block is the least). */
  readonly shortest: number;
  readonly longest: number;
  /** Rows of a derive task at most. */
  readonly mostRows: number;
}

export const CUTTING: Cutting = { tasksPerThread: 20, shortest: 15e6, longest: 250e6, mostRows: 4096 };

/** Nanoseconds of a task. @param total nanoseconds of all bands of the group */
export function taskTime(
  total: number,
  threads: number,
  { tasksPerThread, shortest, longest }: Cutting = CUTTING,
): number {
  return Math.min(longest, Math.max(shortest, total / (threads * tasksPerThread)));
}

/**
 * Cuts blocks [from, to) of one band at multiples of one width, so that what is left of a band is cut as the whole of it was.
 *
 * @param cost nanoseconds of one block
 * @param time nanoseconds of a task
 * @param most blocks of a task
 */
export function cutBlocks([from, to]: Range, cost: number, time: number, most = Number.POSITIVE_INFINITY): Range[] {
  const width = Math.max(1, Math.min(to, most, Math.round(time / cost)));
  const cuts: Range[] = [];
  for (let at = from; at < to; ) {
    const end = Math.min(to, at - (at % width) + width);
    cuts.push([at, end]);
    at = end;
  }
  return cuts;
}

/** Consecutive rows that one derive task fills. */
export interface Chunk {
  readonly parts: readonly DerivePart[];
  readonly cost: number;
}

/** Cuts the rows of a group, in order; `largest` is the number of rows of the largest chunk. */
export function cutRows(
  plan: SweepPlan,
  units: readonly Unit[],
  blocks: number,
  threads: number,
  { tasksPerThread, longest, mostRows }: Cutting = CUTTING,
): { chunks: Chunk[]; largest: number } {
  const perUnit = rowsPerUnit(plan);
  const costs = units.map((unit) => unitCost(plan, unit, blocks));
  const dearest = Math.max(...costs);
  const even = Math.ceil(units.length / (threads * tasksPerThread));
  const width = Math.max(1, Math.min(even, Math.floor(mostRows / perUnit), Math.ceil(longest / dearest)));
  // Every piece merges the blocks again: its rows may take as long as that.
  const cells = Math.max(...units.map((unit) => unitCost(plan, unit, 0)));
  const pieces = ranges(
    perUnit,
    Math.max(1, Math.min(mostRows, Math.floor((perUnit * Math.max(longest, dearest - cells)) / cells))),
  );
  const chunks: Chunk[] = [];
  for (const [first, last] of ranges(units.length, width)) {
    for (const [from, to] of pieces) {
      const parts = units.slice(first, last).map((unit, i) => ({
        ...unit,
        from,
        to,
        offset: i * (to - from) * ESTIMATE_COLUMNS.length * 8,
      }));
      const whole = costs.slice(first, last).reduce((sum, cost) => sum + cost, 0);
      chunks.push({ parts, cost: (whole * (to - from)) / perUnit });
    }
  }
  return { chunks, largest: Math.min(mostRows, width * perUnit) };
}
