// erf and erfc, two lanes at a time: as elementary64.ts, operation for operation those of src/numeric/error-function.ts.

import { constant, copySign, exp, one, step } from './elementary64';

/** |x| < 1 */
const ERF: usize = memory.data<f64>([
  1.1283791670955126, 1.1283791670955126,
  -0.37612638903183543, -0.37612638903183543,
  0.11283791670945006, 0.11283791670945006,
  -0.02686617064323777, -0.02686617064323777,
  0.0052239776071164225, 0.0052239776071164225,
  -0.0008548325975389692, -0.0008548325975389692,
  0.00012055294904839707, 0.00012055294904839707,
  -1.492473690741966e-5, -1.492473690741966e-5,
  1.6447424703317362e-6, 1.6447424703317362e-6,
  -1.6208483801871705e-7, -1.6208483801871705e-7,
  1.3720064546777686e-8, 1.3720064546777686e-8,
  -7.795898827002142e-10, -7.795898827002142e-10,
], 16);
/** |x| ≥ 1 */
const ERFC: usize = memory.data<f64>([
  0.3028219950135589, 0.3028219950135589,
  0.16124656084196848, 0.16124656084196848,
  0.07333861658525255, 0.07333861658525255,
  0.02759934180888877, 0.02759934180888877,
  0.00806695619258172, 0.00806695619258172,
  0.001545329488453828, 0.001545329488453828,
  4.441250740683136e-5, 4.441250740683136e-5,
  -8.071484655089733e-5, -8.071484655089733e-5,
  -2.107295960283321e-5, -2.107295960283321e-5,
  2.0467200066085866e-6, 2.0467200066085866e-6,
  2.0642470459635186e-6, 2.0642470459635186e-6,
  8.703860961924334e-8, 8.703860961924334e-8,
  -1.888873887670122e-7, -1.888873887670122e-7,
  -2.3346044825752217e-8, -2.3346044825752217e-8,
  1.918933942777868e-8, 1.918933942777868e-8,
  3.169711840143776e-9, 3.169711840143776e-9,
  -2.2282618877101555e-9, -2.2282618877101555e-9,
  -3.4116260398406976e-10, -3.4116260398406976e-10,
  2.6357718221491344e-10, 2.6357718221491344e-10,
  2.3531389217929704e-11, 2.3531389217929704e-11,
  -2.1555634396401426e-11, -2.1555634396401426e-11,
], 16);
const C: usize = memory.data<f64>([
  0.34375, 0.34375, // 0: t = 1/(1 + 0.34375·|x|)
  2.6875, 2.6875, // 1: y = 2.6875·t − 1
  134217729, 134217729, // 2: Veltkamp's splitter
  27, 27, // 3: erfc is 0 above
], 16);

// @ts-ignore: decorator
@inline
function own(i: usize): v128 {
  return v128.load(C + (i << 4));
}

/** erf x / x in x² */
// @ts-ignore: decorator
@inline
function erfSeries(x: v128): v128 {
  let sum = v128.load(ERF, 176);
  sum = step(sum, x, ERF, 10);
  sum = step(sum, x, ERF, 9);
  sum = step(sum, x, ERF, 8);
  sum = step(sum, x, ERF, 7);
  sum = step(sum, x, ERF, 6);
  sum = step(sum, x, ERF, 5);
  sum = step(sum, x, ERF, 4);
  sum = step(sum, x, ERF, 3);
  sum = step(sum, x, ERF, 2);
  sum = step(sum, x, ERF, 1);
  sum = step(sum, x, ERF, 0);
  return sum;
}

/** erfc x·e^(x²)/t in y */
// @ts-ignore: decorator
@inline
function erfcSeries(x: v128): v128 {
  let sum = v128.load(ERFC, 320);
  sum = step(sum, x, ERFC, 19);
  sum = step(sum, x, ERFC, 18);
  sum = step(sum, x, ERFC, 17);
  sum = step(sum, x, ERFC, 16);
  sum = step(sum, x, ERFC, 15);
  sum = step(sum, x, ERFC, 14);
  sum = step(sum, x, ERFC, 13);
  sum = step(sum, x, ERFC, 12);
  sum = step(sum, x, ERFC, 11);
  sum = step(sum, x, ERFC, 10);
  sum = step(sum, x, ERFC, 9);
  sum = step(sum, x, ERFC, 8);
  sum = step(sum, x, ERFC, 7);
  sum = step(sum, x, ERFC, 6);
  sum = step(sum, x, ERFC, 5);
  sum = step(sum, x, ERFC, 4);
  sum = step(sum, x, ERFC, 3);
  sum = step(sum, x, ERFC, 2);
  sum = step(sum, x, ERFC, 1);
  sum = step(sum, x, ERFC, 0);
  return sum;
}

/** erfc a·e^(a²) for a ≥ 1. */
// @ts-ignore: decorator
@inline
function scaledTail(a: v128): v128 {
  const t = f64x2.div(one(), f64x2.add(one(), f64x2.mul(own(0), a)));
  return f64x2.mul(t, erfcSeries(f64x2.sub(f64x2.mul(own(1), t), one())));
}

// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const a = f64x2.abs(x);
  const z = f64x2.mul(a, a);
  const inner = f64x2.mul(a, erfSeries(z));
  const outer = f64x2.sub(one(), f64x2.mul(exp(f64x2.neg(z)), scaledTail(a)));
  return copySign(v128.bitselect(inner, outer, f64x2.lt(a, one())), x);
}

/** 1 − erf x, with full relative precision in the upper tail. */
// @ts-ignore: decorator
@inline
export function erfc(x: v128): v128 {
  const a = f64x2.abs(x);
  const z = f64x2.mul(a, a);
  const e = exp(f64x2.neg(z));
  const tail = scaledTail(a);
  const inner = f64x2.mul(a, erfSeries(z));
  const outer = f64x2.sub(one(), f64x2.mul(e, tail));
  const rest = f64x2.sub(one(), copySign(v128.bitselect(inner, outer, f64x2.lt(a, one())), x));
  // The rounding error of x² (Dekker 1971), which x² would magnify.
  const c = f64x2.mul(own(2), x);
  const high = f64x2.sub(c, f64x2.sub(c, x));
  const low = f64x2.sub(x, high);
  const twice = f64x2.mul(f64x2.mul(constant(7), high), low);
  const error = f64x2.add(f64x2.add(f64x2.sub(f64x2.mul(high, high), z), twice), f64x2.mul(low, low));
  const upper = f64x2.mul(f64x2.mul(e, f64x2.sub(one(), error)), tail);
  return v128.andnot(v128.bitselect(rest, upper, f64x2.lt(x, one())), f64x2.gt(x, own(3)));
}
