const MOST_STEPS = 200;

/**
 * The root of an increasing function in [low, high], by Newton's method kept inside a shrinking bracket: a step that would
 * leave the bracket, or that does not halve the last one, is replaced by bisection. Ends when no double lies between.
 *
 * @param f increasing, f(low) ≤ 0 ≤ f(high)
 * @param slope its derivative
 */
export function findRoot(f: (x: number) => number, slope: (x: number) => number, low: number, high: number): number {
  let a = low;
  let b = high;
  let x = 0.5 * (a + b);
  let last = b - a;
  for (let step = 0; step < MOST_STEPS; step++) {
    const value = f(x);
    if (value === 0) return x;
    if (value < 0) a = x;
    else b = x;
    let next = x - value / slope(x);
    if (!(next > a && next < b) || Math.abs(next - x) > 0.5 * last) next = 0.5 * (a + b);
    last = Math.abs(next - x);
    if (last <= 1e-16 * Math.abs(next) || next === x) return next;
    x = next;
  }
  return x;
}
