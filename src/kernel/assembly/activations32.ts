// g(u) and β·g′(u), u = β·z, of a strip in single precision: four columns a vector. src/kernel/reference
// repeats every operation in the same order.

import { ELU, GELU, IDENTITY, LEAKY_RELU, LOGISTIC, RELU, SILU, SOFTPLUS, TANH } from './activation-codes';
import { exp as exp64, log1pUnit, negativeAbs as negativeAbs64, one as one64 } from './elementary64';
import { erf } from './error-function';
import { exp, expBoth, one, signBits } from './elementary32';

/** e^x beside e^x − 1, and the halves of a vector in double precision. */
const PARTS: usize = memory.data(64, 16);

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

// @ts-ignore: decorator
@inline
function negativeAbs(u: v128): v128 {
  return v128.or(u, signBits());
}

/** 1/(1 + e^−u) with full relative precision on both sides, from e = e^−|u| and q = 1/(1 + e). */
// @ts-ignore: decorator
@inline
function logistic(u: v128, e: v128, q: v128): v128 {
  return v128.bitselect(q, f32x4.mul(e, q), f32x4.ge(u, splat(0)));
}

/** Two lanes of the functions that are evaluated in double precision: g to PARTS + at, g′ to PARTS + at + 32. */
// @ts-ignore: decorator
@inline
function wide(code: i32, u: v128, at: usize): void {
  let g: v128;
  let d: v128;
  if (code == GELU) {
    const cdf = f64x2.mul(f64x2.splat(0.5), f64x2.add(one64(), erf(f64x2.mul(u, f64x2.splat(0.7071067811865476)))));
    const density = f64x2.mul(f64x2.splat(0.3989422804014327), exp64(f64x2.mul(f64x2.mul(u, u), f64x2.splat(-0.5))));
    g = f64x2.mul(u, cdf);
    d = f64x2.add(cdf, f64x2.mul(u, density));
  } else if (code == SOFTPLUS) {
    const e = exp64(negativeAbs64(u));
    const q = f64x2.div(one64(), f64x2.add(one64(), e));
    g = f64x2.add(f64x2.max(u, f64x2.splat(0)), log1pUnit(e));
    d = v128.bitselect(q, f64x2.mul(e, q), f64x2.ge(u, f64x2.splat(0)));
  } else {
    g = erf(u);
    d = f64x2.mul(f64x2.splat(1.1283791670955126), exp64(f64x2.neg(f64x2.mul(u, u))));
  }
  v128.store(PARTS + at, g);
  v128.store(PARTS + at, d, 32);
}

/** The two halves that `wide` left, as one vector of singles. */
// @ts-ignore: decorator
@inline
function narrow(at: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(PARTS + at));
  const high = f32x4.demote_f64x2_zero(v128.load(PARTS + at, 16));
  return v128.shuffle<i32>(low, high, 0, 1, 4, 5);
}

/** `rows` vectors of z become g(β·z) at `a` and β·g′(β·z) at `d`. |u| beyond 80 counts as 80 in what is exponential. */
export function activate(code: i32, param: f32, beta: f32, z: usize, rows: i32, a: usize, d: usize): void {
  const factor = splat(beta);
  const zero = splat(0);
  const two = splat(2);
  const four = splat(4);
  const bytes = <usize>rows << 4;
  if (code == LOGISTIC) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f32x4.mul(factor, v128.load(z + i));
      const e = exp(negativeAbs(u));
      const q = f32x4.div(one(), f32x4.add(one(), e));
      v128.store(a + i, logistic(u, e, q));
      v128.store(d + i, f32x4.mul(factor, f32x4.mul(f32x4.mul(e, q), q)));
    }
  } else if (code == TANH) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f32x4.mul(factor, v128.load(z + i));
      const t = expBoth(f32x4.mul(two, negativeAbs(u)), PARTS);
      const q = f32x4.div(one(), f32x4.add(two, t));
      // −t/(2 + t) ≥ 0, with the sign of u
      v128.store(a + i, v128.xor(f32x4.neg(f32x4.mul(t, q)), v128.and(u, signBits())));
      // sech² = 4e/(1 + e)² with e = e^(−2|u|), 1 + e = 2 + t
      v128.store(d + i, f32x4.mul(factor, f32x4.mul(f32x4.mul(four, v128.load(PARTS)), f32x4.mul(q, q))));
    }
  } else if (code == RELU) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f32x4.mul(factor, v128.load(z + i));
      // What is no number passes on: a sum that overflowed must not end as 0.
      const dead = f32x4.le(u, zero);
      v128.store(a + i, v128.andnot(u, dead));
      v128.store(d + i, v128.andnot(factor, dead));
    }
  } else if (code == LEAKY_RELU) {
    const slope = splat(param);
    const flat = f32x4.mul(factor, slope);
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f32x4.mul(factor, v128.load(z + i));
      const positive = f32x4.gt(u, zero);
      v128.store(a + i, v128.bitselect(u, f32x4.mul(slope, u), positive));
      v128.store(d + i, v128.bitselect(factor, flat, positive));
    }
  } else if (code == ELU) {
    const alpha = splat(param);
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f32x4.mul(factor, v128.load(z + i));
      const positive = f32x4.gt(u, zero);
      const t = expBoth(v128.andnot(u, positive), PARTS);
      v128.store(a + i, v128.bitselect(u, f32x4.mul(alpha, t), positive));
      v128.store(d + i, v128.bitselect(factor, f32x4.mul(factor, f32x4.mul(alpha, v128.load(PARTS))), positive));
    }
  } else if (code == SILU) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f32x4.mul(factor, v128.load(z + i));
      const e = exp(negativeAbs(u));
      const q = f32x4.div(one(), f32x4.add(one(), e));
      const h = logistic(u, e, q);
      v128.store(a + i, f32x4.mul(u, h));
      v128.store(d + i, f32x4.mul(factor, f32x4.add(h, f32x4.mul(u, f32x4.mul(f32x4.mul(e, q), q)))));
    }
  } else if (code == IDENTITY) {
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(a + i, f32x4.mul(factor, v128.load(z + i)));
      v128.store(d + i, factor);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f32x4.mul(factor, v128.load(z + i));
      wide(code, f64x2.promote_low_f32x4(u), 0);
      wide(code, f64x2.promote_low_f32x4(v128.shuffle<i32>(u, u, 2, 3, 2, 3)), 16);
      v128.store(a + i, narrow(0));
      v128.store(d + i, f32x4.mul(factor, narrow(32)));
    }
  }
}
