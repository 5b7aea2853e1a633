import type { SaturatedSet } from './saturation.ts';

/** Beyond this an activation has reached its limit; within, g′ changes over distances of order 1. */
const REACH = 64;
const STEP = 1 / 32;
/** Steps of a search, after which what is left of an interval is rounding. */
const SEARCH = 80;
/** Changes of |g′| below this share of its largest value are rounding. */
const ROUNDING = 2 ** -40;

type Criterion = Pick<SaturatedSet, 'slope' | 'includes'>;
type Interval = readonly [from: number, to: number];

const known = new WeakMap<Criterion, readonly Interval[]>();

/**
 * The set as disjoint ascending intervals, from its definition alone: theory has nothing of the intervals that count a sample,
 * nor of the landmarks that these are found by. Ends are exact to the rounding of g′; on which side of one its point lies is left open.
 */
export function criterionIntervals(criterion: Criterion): readonly Interval[] {
  const intervals = known.get(criterion) ?? search(criterion);
  known.set(criterion, intervals);
  return intervals;
}

function search({ slope, includes }: Criterion): Interval[] {
  const knots = Array.from({ length: (2 * REACH) / STEP + 1 }, (_, i) => i * STEP - REACH);
  // Between two extremes |g′| is monotone and crosses the threshold at most once.
  knots.push(...extremes(slope, knots));
  knots.sort((a, b) => a - b);
  const intervals: Interval[] = [];
  let from = includes(-REACH) ? -Infinity : null;
  for (let i = 0; i + 1 < knots.length; i++) {
    const [low, high] = [knots[i] as number, knots[i + 1] as number];
    if (includes(low) === includes(high)) continue;
    const end = crossing(includes, low, high);
    if (from !== null) intervals.push([from, end]);
    from = from === null ? end : null;
  }
  if (from !== null) intervals.push([from, Infinity]);
  return intervals;
}

/** Where a function on a grid has local extremes. */
function extremes(f: (u: number) => number, grid: readonly number[]): number[] {
  const heights = grid.map(f);
  const rounding = ROUNDING * Math.max(...heights);
  const found: number[] = [];
  for (let i = 1; i + 1 < grid.length; i++)
    for (const sign of [1, -1]) {
      const left = sign * ((heights[i] as number) - (heights[i - 1] as number));
      const right = sign * ((heights[i] as number) - (heights[i + 1] as number));
      if (Math.max(left, right) > rounding && Math.min(left, right) > -rounding)
        found.push(peak((u) => sign * f(u), grid[i - 1] as number, grid[i + 1] as number));
    }
  return found;
}

/** The maximum of a function that rises to it and falls from it. */
function peak(f: (u: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < SEARCH; step++) {
    const third = (high - low) / 3;
    if (f(low + third) < f(high - third)) low += third;
    else high -= third;
  }
  return 0.5 * (low + high);
}

/** Where a predicate changes. */
function crossing(holds: (u: number) => boolean, from: number, to: number): number {
  const start = holds(from);
  let [low, high] = [from, to];
  for (let step = 0; step < SEARCH; step++) {
    const middle = 0.5 * (low + high);
    if (holds(middle) === start) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
