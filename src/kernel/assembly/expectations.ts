// Activation statistics under a law that is given as weighted points, and how heavy the tails of what they average are.

import { moments, NO_SPREAD } from './derive';

/** `moments`, and K of each in the places of the errors: see `Kernel.expectations` in src/kernel/kernel.ts. */
export function expectations(cell: usize, points: usize, weights: usize, n: i32, g: usize, d: usize, out: usize): void {
  moments(cell, points, weights, n, g, d, out);
  const mean = load<f64>(out);
  const variance = load<f64>(out, 8);
  const slope = load<f64>(out, 16);
  const square = load<f64>(out, 24);
  const varies = variance > NO_SPREAD * NO_SPREAD * mean * mean;
  store<f64>(out, varies ? heaviness(g, weights, n, 0, false, mean, 0) : NaN, 32);
  store<f64>(out, varies ? heaviness(g, weights, n, mean, true, variance, variance) : NaN, 40);
  store<f64>(out, heaviness(d, weights, n, 0, false, slope, abs<f64>(slope)), 48);
  store<f64>(out, heaviness(d, weights, n, 0, true, square, square), 56);
}

// @ts-ignore: decorator
@inline
function deviation(values: usize, i: usize, centre: f64, squared: bool, mean: f64): f64 {
  const x = load<f64>(values + i) - centre;
  return (squared ? x * x : x) - mean;
}

/**
 * ⅜ of the squared skewness of x − centre, or its square, whose mean is given; NaN where the spread is rounding beside `size`. In
 * units of the largest deviation, so that powers of tiny ones survive.
 */
function heaviness(values: usize, weights: usize, n: i32, centre: f64, squared: bool, mean: f64, size: f64): f64 {
  const bytes = <usize>n << 3;
  let largest: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) largest = max<f64>(largest, abs<f64>(deviation(values, i, centre, squared, mean)));
  const unit = 1 / largest;
  let second: f64 = 0;
  let third: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const x = deviation(values, i, centre, squared, mean) * unit;
    const part = load<f64>(weights + i) * x * x;
    second += part;
    third += part * x;
  }
  if (!(sqrt<f64>(second) * largest > NO_SPREAD * size)) return NaN;
  const ratio = third / second;
  return (0.375 * ratio * ratio) / second;
}
