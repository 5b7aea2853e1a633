/** |g′| is monotone beyond this, and has reached its limit to 1e-27, for every activation registered. */
const FAR = 64;
const INSIDE = 2 ** -40;

/**
 * The set |g′(u)| < threshold as disjoint ascending intervals.
 *
 * @param landmarks ascending: the kinks of g, the zeros of g′ and the extremes of g′. Between two neighbours |g′| is
 * monotone, so it crosses the threshold at most once, and bisection finds where.
 */
export function saturationSet(
  derivative: (u: number) => number,
  threshold: number,
  landmarks: readonly number[],
): readonly (readonly [number, number])[] {
  const below = (u: number): boolean => Math.abs(derivative(u)) < threshold;
  const ends = [-FAR, ...landmarks, FAR];
  const intervals: [number, number][] = [];
  for (let i = 0; i + 1 < ends.length; i++) {
    const from = ends[i] as number;
    const to = ends[i + 1] as number;
    // One-sided values: g′ may jump at a landmark.
    const inside = (to - from) * INSIDE;
    const atFrom = below(from + inside);
    const atTo = below(to - inside);
    if (!atFrom && !atTo) continue;
    const left = i === 0 ? -Infinity : from;
    const right = i + 2 === ends.length ? Infinity : to;
    if (atFrom && atTo) add(intervals, left, right);
    else {
      const crossing = bisect(below, from + inside, to - inside);
      if (atFrom) add(intervals, left, crossing);
      else add(intervals, crossing, right);
    }
  }
  return intervals;
}

/** Appends an interval, joined to the last one where they touch. */
function add(intervals: [number, number][], from: number, to: number): void {
  const last = intervals.at(-1);
  if (last !== undefined && last[1] === from) last[1] = to;
  else intervals.push([from, to]);
}

/** Where `below` changes between `a` and `b`, to the last bit. */
function bisect(below: (u: number) => boolean, a: number, b: number): number {
  const start = below(a);
  let low = a;
  let high = b;
  for (;;) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return high;
    if (below(middle) === start) low = middle;
    else high = middle;
  }
}
