// Single-precision functions of the samplers, four lanes at a time. Coefficients are own minimax fits (Lawson iteration on
// Chebyshev nodes, relative error under 4e-8); src/kernel/reference repeats every operation in the same order.
// Constants are loaded, not splatted: a splat of a literal is rebuilt in every pass of a loop.

import { ROW } from './layout';

const C: usize = memory.data<f32>([
  0.087003596, 0.087003596, 0.087003596, 0.087003596, // 0: log, x^6 … x^0
  -0.14267476, -0.14267476, -0.14267476, -0.14267476,
  0.14914787, 0.14914787, 0.14914787, 0.14914787,
  -0.16577587, -0.16577587, -0.16577587, -0.16577587,
  0.19963062, 0.19963062, 0.19963062, 0.19963062,
  -0.25001338, -0.25001338, -0.25001338, -0.25001338,
  0.3333391, 0.3333391, 0.3333391, 0.3333391,
  0.5, 0.5, 0.5, 0.5, // 7
  0.6931472, 0.6931472, 0.6931472, 0.6931472, // 8: ln 2
  -0.00019517297, -0.00019517297, -0.00019517297, -0.00019517297, // 9: sine
  0.008332178, 0.008332178, 0.008332178, 0.008332178,
  -0.16666655, -0.16666655, -0.16666655, -0.16666655,
  2.443845e-05, 2.443845e-05, 2.443845e-05, 2.443845e-05, // 12: cosine
  -0.0013887368, -0.0013887368, -0.0013887368, -0.0013887368,
  0.041666646, 0.041666646, 0.041666646, 0.041666646,
  1.4629181e-09, 1.4629181e-09, 1.4629181e-09, 1.4629181e-09, // 15: π/4·2⁻²⁹
  0.25, 0.25, 0.25, 0.25, // 16
  1, 1, 1, 1, // 17
  0.0013882394, 0.0013882394, 0.0013882394, 0.0013882394, // 18: expm1, x^4 … x^0
  0.008367173, 0.008367173, 0.008367173, 0.008367173,
  0.04166722, 0.04166722, 0.04166722, 0.04166722,
  0.16666539, 0.16666539, 0.16666539, 0.16666539,
  0.49999997, 0.49999997, 0.49999997, 0.49999997,
  1.442695, 1.442695, 1.442695, 1.442695, // 23: 1 / ln 2
  0.693359375, 0.693359375, 0.693359375, 0.693359375, // 24: ln 2, high part
  -0.00021219444, -0.00021219444, -0.00021219444, -0.00021219444, // 25: ln 2, low part
  12582912, 12582912, 12582912, 12582912, // 26: 1.5·2²³, rounds to an integer when added
  -6.438115e-06, -6.438115e-06, -6.438115e-06, -6.438115e-06, // 27: truncated normal, w^6 … w^0
  9.1225993e-05, 9.1225993e-05, 9.1225993e-05, 9.1225993e-05,
  -0.0002170258, -0.0002170258, -0.0002170258, -0.0002170258,
  -0.0032753022, -0.0032753022, -0.0032753022, -0.0032753022,
  0.01632338, 0.01632338, 0.01632338, 0.01632338,
  0.32811823, 0.32811823, 0.32811823, 0.32811823,
  1.2533141, 1.2533141, 1.2533141, 1.2533141,
  80, 80, 80, 80, // 34: exponents are clamped here, well inside single precision
], 16);

const I: usize = memory.data<u32>([
  0x3fb504f2, 0x3fb504f2, 0x3fb504f2, 0x3fb504f2, // 0: bits of the last number below √2
  0x4f3504f2, 0x4f3504f2, 0x4f3504f2, 0x4f3504f2, // 1: of 2³¹ times that
  0x7fffff, 0x7fffff, 0x7fffff, 0x7fffff, // 2
  0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff,
  0x1fffffff, 0x1fffffff, 0x1fffffff, 0x1fffffff,
  0x80000000, 0x80000000, 0x80000000, 0x80000000, // 5
], 16);

// @ts-ignore: decorator
@inline
function c(i: usize): v128 {
  return v128.load(C + (i << 4));
}

// @ts-ignore: decorator
@inline
function bits(i: usize): v128 {
  return v128.load(I + (i << 4));
}

// @ts-ignore: decorator
@inline
function mad(a: v128, b: v128, add: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), add);
}

/** log1p(x) for x in [√½ − 1, √2 − 1]: x − x²/2 + x³·P(x), P by Estrin's scheme (half the latency of Horner's). */
// @ts-ignore: decorator
@inline
function logReduced(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const low = mad(mad(c(3), x, c(4)), square, mad(c(5), x, c(6)));
  const high = mad(c(0), square, mad(c(1), x, c(2)));
  const p = mad(high, f32x4.mul(square, square), low);
  return f32x4.add(f32x4.sub(f32x4.mul(f32x4.mul(square, x), p), f32x4.mul(square, c(7))), x);
}

// −ln u of u = m·2^−n, m in [√½, √2), is n·ln 2 − log1p(m − 1), accurate near u = 1. Both parts come from u's depth: the distance
// of its bits below those of √2. A step in the upper nine bits is a halving of u, the other 23 lead from √2 down to m.

/** Depth of the uniform number (k + ½)·2⁻³² of 32 random bits k: all of them count, so that a normal's radius reaches 6.76σ. */
// @ts-ignore: decorator
@inline
export function uniformDepth(k: v128): v128 {
  // (k + ½)/2 = ⌊k/2⌋ + (½ ∓ ¼), − where k is even, by a signed conversion: the unsigned one is twice as slow.
  const rest = f32x4.sub(c(7), v128.xor(c(16), i32x4.shl(k, 31)));
  const f = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(k, 1)), rest);
  return i32x4.sub(bits(1), f);
}

/** Depth of (k + ½)·2⁻³¹ of the low 31 bits of k. */
// @ts-ignore: decorator
@inline
export function uniformDepth31(k: v128): v128 {
  return i32x4.sub(bits(1), f32x4.add(f32x4.convert_i32x4_s(v128.and(k, bits(3))), c(7)));
}

/** n·ln 2. */
// @ts-ignore: decorator
@inline
function halvings(depth: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(depth, 23)), c(8));
}

/** m − 1. */
// @ts-ignore: decorator
@inline
function excess(depth: v128): v128 {
  return f32x4.sub(i32x4.sub(bits(0), v128.and(depth, bits(2))), c(17));
}

// @ts-ignore: decorator
@inline
export function negativeLog(depth: v128): v128 {
  return f32x4.sub(halvings(depth), logReduced(excess(depth)));
}

// The same in two passes over a row of vectors, a fifth faster: a processor has a window of so many operations in flight, and
// chains of half the length let it reach twice as many vectors.

/** Leaves the parts of a negative logarithm at `to`, for `endLog`. */
// @ts-ignore: decorator
@inline
export function beginLog(depth: v128, to: usize): void {
  v128.store(to, halvings(depth));
  v128.store(to, excess(depth), ROW);
}

// @ts-ignore: decorator
@inline
export function endLog(at: usize): v128 {
  return f32x4.sub(v128.load(at), logReduced(v128.load(at, ROW)));
}

/** Angle in the first octant from the low 29 bits. */
// @ts-ignore: decorator
@inline
export function octant(w: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(v128.and(w, bits(4))), c(15));
}

// @ts-ignore: decorator
@inline
export function sine(x: v128, square: v128): v128 {
  const p = mad(mad(c(9), square, c(10)), square, c(11));
  return mad(f32x4.mul(p, square), x, x);
}

// @ts-ignore: decorator
@inline
export function cosine(square: v128): v128 {
  const p = mad(mad(c(12), square, c(13)), square, c(14));
  return f32x4.add(f32x4.mul(f32x4.mul(square, square), p), f32x4.sub(c(17), f32x4.mul(square, c(7))));
}

// @ts-ignore: decorator
@inline
function clamp(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, c(34)), f32x4.neg(c(34)));
}

/** x/ln 2 rounded to an integer. */
// @ts-ignore: decorator
@inline
function exponent(x: v128): v128 {
  return f32x4.sub(mad(x, c(23), c(26)), c(26));
}

/** e^r − 1 for the rest r = x − k·ln 2. */
// @ts-ignore: decorator
@inline
function expm1Rest(x: v128, k: v128): v128 {
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(k, c(24))), f32x4.mul(k, c(25)));
  let p = mad(c(18), r, c(19));
  p = mad(p, r, c(20));
  p = mad(p, r, c(21));
  p = mad(p, r, c(22));
  return mad(f32x4.mul(r, r), p, r);
}

/** 2^k. */
// @ts-ignore: decorator
@inline
function power(k: v128): v128 {
  return i32x4.add(i32x4.shl(i32x4.trunc_sat_f32x4_s(k), 23), c(17));
}

/** e^x, x clamped to ±80. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = clamp(x);
  const k = exponent(x);
  return f32x4.mul(power(k), f32x4.add(expm1Rest(x, k), c(17)));
}

/** e^x − 1, x clamped to ±80, accurate near 0. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  x = clamp(x);
  const k = exponent(x);
  const two = power(k);
  return f32x4.add(f32x4.mul(two, expm1Rest(x, k)), f32x4.sub(two, c(17)));
}

/** The same; e^x itself, which 1 + (e^x − 1) would not give where it is small, goes to `atExp`. */
// @ts-ignore: decorator
@inline
export function expBoth(x: v128, atExp: usize): v128 {
  x = clamp(x);
  const k = exponent(x);
  const two = power(k);
  const rest = expm1Rest(x, k);
  v128.store(atExp, f32x4.mul(two, f32x4.add(rest, c(17))));
  return f32x4.add(f32x4.mul(two, rest), f32x4.sub(two, c(17)));
}

/** √2·erf⁻¹(y) for |y| ≤ erf(√2): y·P(w), w = −ln(1 − y²). */
// @ts-ignore: decorator
@inline
export function truncatedQuantile(y: v128): v128 {
  const w = negativeLog(i32x4.sub(bits(0), f32x4.sub(c(17), f32x4.mul(y, y))));
  let p = mad(c(27), w, c(28));
  p = mad(p, w, c(29));
  p = mad(p, w, c(30));
  p = mad(p, w, c(31));
  p = mad(p, w, c(32));
  p = mad(p, w, c(33));
  return f32x4.mul(y, p);
}

/** The sign bit of every lane. */
// @ts-ignore: decorator
@inline
export function signBits(): v128 {
  return bits(5);
}

// @ts-ignore: decorator
@inline
export function one(): v128 {
  return c(17);
}
