// Double-precision functions, two lanes at a time: operation for operation those of src/numeric, with the same coefficients
// (test/conformance/elementary.test.ts holds them equal to the bit).

/** src/numeric/exponential.ts */
const EXP: usize = memory.data<f64>([
  0.5000000000000001, 0.5000000000000001,
  0.16666666666666669, 0.16666666666666669,
  0.04166666666662413, 0.04166666666662413,
  0.008333333333330062, 0.008333333333330062,
  0.0013888888917213717, 0.0013888888917213717,
  0.00019841269863053618, 0.00019841269863053618,
  2.4801521295954376e-5, 2.4801521295954376e-5,
  2.7557268459997064e-6, 2.7557268459997064e-6,
  2.7620088445409746e-7, 2.7620088445409746e-7,
  2.510038549551032e-8, 2.510038549551032e-8,
], 16);
/** src/numeric/error-function.ts, |x| < 1 */
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
/** src/numeric/error-function.ts, |x| ≥ 1 */
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
/** src/numeric/logarithm.ts */
const LOG: usize = memory.data<f64>([
  0.666666666666667, 0.666666666666667,
  0.3999999999989889, 0.3999999999989889,
  0.28571428626253836, 0.28571428626253836,
  0.22222211089379496, 0.22222211089379496,
  0.1818289243253687, 0.1818289243253687,
  0.15331611722055008, 0.15331611722055008,
  0.14617807153417325, 0.14617807153417325,
], 16);
const C: usize = memory.data<f64>([
  -708, -708, // 0
  709, 709,
  1.4426950408889634, 1.4426950408889634, // 2: 1 / ln 2
  6755399441055744, 6755399441055744, // 3: 1.5·2⁵²
  0.6931467056274414, 0.6931467056274414, // 4: ln 2 in two parts
  4.7493250390316726e-7, 4.7493250390316726e-7,
  1, 1, // 6
  2, 2, // 7
  0.34375, 0.34375, // 8: of erfc
  2.6875, 2.6875,
  0.5, 0.5, // 10
  0.41421356237309503, 0.41421356237309503, // 11: √2 − 1
], 16);

// @ts-ignore: decorator
@inline
export function constant(i: usize): v128 {
  return v128.load(C + (i << 4));
}

// @ts-ignore: decorator
@inline
export function one(): v128 {
  return constant(6);
}

// @ts-ignore: decorator
@inline
function step(sum: v128, x: v128, coefficients: usize, i: usize): v128 {
  return f64x2.add(f64x2.mul(sum, x), v128.load(coefficients + (i << 4)));
}

/** (e^r − 1 − r)/r² */
// @ts-ignore: decorator
@inline
function expRest(x: v128): v128 {
  let sum = v128.load(EXP, 144);
  sum = step(sum, x, EXP, 8);
  sum = step(sum, x, EXP, 7);
  sum = step(sum, x, EXP, 6);
  sum = step(sum, x, EXP, 5);
  sum = step(sum, x, EXP, 4);
  sum = step(sum, x, EXP, 3);
  sum = step(sum, x, EXP, 2);
  sum = step(sum, x, EXP, 1);
  sum = step(sum, x, EXP, 0);
  return sum;
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

/**  */
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

/**  */
// @ts-ignore: decorator
@inline
function logRest(x: v128): v128 {
  let sum = v128.load(LOG, 96);
  sum = step(sum, x, LOG, 5);
  sum = step(sum, x, LOG, 4);
  sum = step(sum, x, LOG, 3);
  sum = step(sum, x, LOG, 2);
  sum = step(sum, x, LOG, 1);
  sum = step(sum, x, LOG, 0);
  return sum;
}

// @ts-ignore: decorator
@inline
function clamp(x: v128): v128 {
  // As max and min here: neither bound is 0, and what is not a number stays so. One instruction each instead of seven.
  return f64x2.pmin(f64x2.pmax(x, constant(0)), constant(1));
}

/** c/ln 2 rounded to an integer k, which is in the low bits of the result. */
// @ts-ignore: decorator
@inline
function exponent(c: v128): v128 {
  return f64x2.add(f64x2.mul(c, constant(2)), constant(3));
}

/** 2^k. */
// @ts-ignore: decorator
@inline
function power(exponent: v128): v128 {
  return i64x2.add(i64x2.shl(exponent, 52), one());
}

/** e^r − 1 for the rest r = c − k·ln 2. */
// @ts-ignore: decorator
@inline
function rest(c: v128, exponent: v128): v128 {
  const k = f64x2.sub(exponent, constant(3));
  const r = f64x2.sub(f64x2.sub(c, f64x2.mul(k, constant(4))), f64x2.mul(k, constant(5)));
  return f64x2.add(r, f64x2.mul(f64x2.mul(r, r), expRest(r)));
}

/** e^x; 0 below −708. Arguments above 709 give e^709. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const c = clamp(x);
  const k = exponent(c);
  return v128.andnot(f64x2.mul(f64x2.add(one(), rest(c, k)), power(k)), f64x2.lt(x, constant(0)));
}

/** e^x − 1; `atExp` receives e^x itself, which 1 + (e^x − 1) would not give where it is small. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128, atExp: usize): v128 {
  const c = clamp(x);
  const k = exponent(c);
  const two = power(k);
  const p = rest(c, k);
  v128.store(atExp, f64x2.mul(two, f64x2.add(one(), p)));
  return f64x2.add(f64x2.mul(two, p), f64x2.sub(two, one()));
}

// @ts-ignore: decorator
@inline
function copySign(magnitude: v128, sign: v128): v128 {
  return v128.or(magnitude, v128.and(sign, i64x2.splat(<i64>1 << 63)));
}

/** −|x|. */
// @ts-ignore: decorator
@inline
export function negativeAbs(x: v128): v128 {
  return v128.or(x, i64x2.splat(<i64>1 << 63));
}

export { copySign };

// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const a = f64x2.abs(x);
  const z = f64x2.mul(a, a);
  const inner = f64x2.mul(a, erfSeries(z));
  const t = f64x2.div(one(), f64x2.add(one(), f64x2.mul(constant(8), a)));
  const y = f64x2.sub(f64x2.mul(constant(9), t), one());
  const tail = f64x2.mul(t, erfcSeries(y));
  const outer = f64x2.sub(one(), f64x2.mul(exp(f64x2.neg(z)), tail));
  return copySign(v128.bitselect(inner, outer, f64x2.lt(a, one())), x);
}

/** ln(1 + e) for 0 ≤ e ≤ 1: halved past √2 − 1, then the arrangement of src/numeric/logarithm.ts. */
// @ts-ignore: decorator
@inline
export function log1pUnit(e: v128): v128 {
  const large = f64x2.gt(e, constant(11));
  const k = v128.and(large, one());
  const f = v128.bitselect(f64x2.mul(f64x2.sub(e, one()), constant(10)), e, large);
  const s = f64x2.div(f, f64x2.add(constant(7), f));
  const z = f64x2.mul(s, s);
  const h = f64x2.mul(f64x2.mul(constant(10), f), f);
  const rest = f64x2.mul(z, logRest(z));
  const low = f64x2.add(f64x2.mul(s, f64x2.add(h, rest)), f64x2.mul(k, constant(5)));
  return f64x2.sub(f64x2.mul(k, constant(4)), f64x2.sub(f64x2.sub(h, low), f));
}
