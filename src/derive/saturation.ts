import type { Activation } from '../model/activations.ts';
import type { BlockShares } from '../stats/quantiles.ts';

/** Where an activation is saturated, as intervals of u = βz with the ends that belong to them. */
export interface SaturatedSet {
  readonly intervals: readonly SaturatedInterval[];
  /** |g′(u)|. */
  slope(u: number): number;
  /** Whether u is in the set, by its definition: slope(u) < ε·max|g′|. */
  includes(u: number): boolean;
}

interface SaturatedInterval {
  readonly from: number;
  readonly to: number;
  readonly closedFrom: boolean;
  readonly closedTo: boolean;
}

export function saturatedSet(activation: Activation, epsilon: number): SaturatedSet {
  const slope = (u: number) => Math.abs(activation.derivative(u));
  const includes = (u: number) => slope(u) < epsilon * activation.maxDerivative;
  return {
    intervals: activation.saturation(epsilon).map(([from, to]) => ({
      from,
      to,
      closedFrom: Number.isFinite(from) && includes(from),
      closedTo: Number.isFinite(to) && includes(to),
    })),
    slope,
    includes,
  };
}

/** What a share needs to know of a distribution. */
export interface Cumulative {
  below(x: number): number;
  atOrBelow(x: number): number;
}

/** The intervals of z that {@link SaturatedSet} becomes under u = factor·(z + offset), factor not 0. */
function intervalsOfZ(set: SaturatedSet, factor: number, offset: number): SaturatedInterval[] {
  return set.intervals.map(({ from, to, closedFrom, closedTo }) => {
    const low = from / factor - offset;
    const high = to / factor - offset;
    return factor > 0
      ? { from: low, to: high, closedFrom, closedTo }
      : { from: high, to: low, closedFrom: closedTo, closedTo: closedFrom };
  });
}

/**
 * P(factor·(z + offset) in the set) under a distribution of z.
 *
 * @param factor β times the weight scale; negative for negative constants, 0 for zeros
 */
export function saturatedShare(set: SaturatedSet, factor: number, offset: number, law: Cumulative): number {
  if (factor === 0) return set.includes(0) ? 1 : 0;
  let share = 0;
  for (const { from, to, closedFrom, closedTo } of intervalsOfZ(set, factor, offset)) {
    const top = to === Infinity ? 1 : closedTo ? law.atOrBelow(to) : law.below(to);
    const bottom = from === -Infinity ? 0 : closedFrom ? law.below(from) : law.atOrBelow(from);
    share += Math.max(0, top - bottom);
  }
  return share;
}

/** The same, as the number of values of each block in the set; `factor` must not be 0. */
export function saturatedCounts(set: SaturatedSet, factor: number, offset: number, blocks: BlockShares): Float64Array {
  const events = new Float64Array(blocks.blockCounts.length);
  const add = (counts: ArrayLike<number>, sign: number) => {
    for (let b = 0; b < events.length; b++) events[b] = (events[b] as number) + sign * (counts[b] as number);
  };
  for (const { from, to, closedFrom, closedTo } of intervalsOfZ(set, factor, offset)) {
    add(to === Infinity ? blocks.blockCounts : closedTo ? blocks.atOrBelow(to) : blocks.below(to), 1);
    if (from !== -Infinity) add(closedFrom ? blocks.below(from) : blocks.atOrBelow(from), -1);
  }
  return events;
}
