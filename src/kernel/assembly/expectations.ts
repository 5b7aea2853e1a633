// Activation statistics under a law that is given as weighted points, and how heavy the tails of what they average are.

import { moments, NO_SPREAD } from './derive';

/** `moments`, and K of each in the places of the errors: see `Kernel.expectations` in src/kernel/kernel.ts. */
export function expectations(cell: usize, points: usize, weights: usize, n: i32, g: usize, d: usize, out: usize): void {
  moments(cell, points, weights, n, g, d, out);
  const mean = load<f64>(out);
  store<f64>(out, heaviness(g, weights, n, mean, false), 32);
  store<f64>(out, heaviness(g, weights, n, mean, true), 40);
  store<f64>(out, heaviness(d, weights, n, 0, false), 48);
  store<f64>(out, heaviness(d, weights, n, 0, true), 56);
}

// @ts-ignore: decorator
@inline
function at(values: usize, i: usize, centre: f64, unit: f64, squared: bool): f64 {
  const x = (load<f64>(values + i) - centre) / unit;
  return squared ? x * x : x;
}

/**
 * ⅜ of the squared skewness of x = value − centre or of x²; NaN where all deviations are rounding. In units of the largest x, so that powers
 * of tiny ones survive.
 */
function heaviness(values: usize, weights: usize, n: i32, centre: f64, squared: bool): f64 {
  const bytes = <usize>n << 3;
  let unit: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) unit = max<f64>(unit, abs<f64>(load<f64>(values + i) - centre));
  if (unit == 0) unit = 1;
  let mean: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) mean += load<f64>(weights + i) * at(values, i, centre, unit, squared);
  let second: f64 = 0;
  let third: f64 = 0;
  let most: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const deviation = at(values, i, centre, unit, squared) - mean;
    const part = load<f64>(weights + i) * deviation * deviation;
    second += part;
    third += part * deviation;
    most = max<f64>(most, abs<f64>(deviation));
  }
  if (!(most > NO_SPREAD * abs<f64>(mean) && unit > NO_SPREAD * abs<f64>(centre))) return NaN;
  const ratio = third / second;
  return (0.375 * ratio * ratio) / second;
}
