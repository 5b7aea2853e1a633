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
  0.5, 0.5, // 8
  0.41421356237309503, 0.41421356237309503, // 9: √2 − 1
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
export function step(sum: v128, x: v128, coefficients: usize, i: usize): v128 {
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
export function copySign(magnitude: v128, sign: v128): v128 {
  return v128.or(magnitude, v128.and(sign, i64x2.splat(<i64>1 << 63)));
}

/** −|x|. */
// @ts-ignore: decorator
@inline
export function negativeAbs(x: v128): v128 {
  return v128.or(x, i64x2.splat(<i64>1 << 63));
}

/** ln(1 + e) for 0 ≤ e ≤ 1: halved past √2 − 1, then the arrangement of src/numeric/logarithm.ts. */
// @ts-ignore: decorator
@inline
export function log1pUnit(e: v128): v128 {
  const large = f64x2.gt(e, constant(9));
  const k = v128.and(large, one());
  const f = v128.bitselect(f64x2.mul(f64x2.sub(e, one()), constant(8)), e, large);
  const s = f64x2.div(f, f64x2.add(constant(7), f));
  const z = f64x2.mul(s, s);
  const h = f64x2.mul(f64x2.mul(constant(8), f), f);
  const rest = f64x2.mul(z, logRest(z));
  const low = f64x2.add(f64x2.mul(s, f64x2.add(h, rest)), f64x2.mul(k, constant(5)));
  return f64x2.sub(f64x2.mul(k, constant(4)), f64x2.sub(f64x2.sub(h, low), f));
}
