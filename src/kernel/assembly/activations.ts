// g(u) and g′(u) at many points; the order of the codes is ACTIVATION_CODES of src/model/activations.ts.

import { ELU, GELU, IDENTITY, LEAKY_RELU, LOGISTIC, RELU, SILU, SOFTPLUS, TANH } from './activation-codes';
import { copySign, exp, expm1, log1pUnit, negativeAbs, one } from './elementary64';
import { erf, erfc } from './error-function';

const EXP: usize = memory.data(16, 16);

// @ts-ignore: decorator
@inline
function splat(x: f64): v128 {
  return f64x2.splat(x);
}

/** 1/(1 + e^−u) with full relative precision on both sides, from e = e^−|u| and q = 1/(1 + e). */
// @ts-ignore: decorator
@inline
function logistic(u: v128, e: v128, q: v128): v128 {
  return v128.bitselect(q, f64x2.mul(e, q), f64x2.ge(u, splat(0)));
}

// @ts-ignore: decorator
@inline
function write(i: usize, g: usize, d: usize, value: v128, slope: v128): void {
  v128.store(g + i, value);
  v128.store(d + i, slope);
}

/** u = factor·(point + offset) for each of `n` doubles at `points` (n even); g(u) to `g`, g′(u) to `d`. */
export function evaluate(code: i32, param: f64, factor: f64, offset: f64, points: usize, n: i32, g: usize, d: usize): void {
  const scale = splat(factor);
  const shift = splat(offset);
  const zero = splat(0);
  const bytes = <usize>n << 3;
  if (code == LOGISTIC) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      const e = exp(negativeAbs(u));
      const q = f64x2.div(one(), f64x2.add(one(), e));
      write(i, g, d, logistic(u, e, q), f64x2.mul(f64x2.mul(e, q), q));
    }
  } else if (code == TANH) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      const t = expm1(f64x2.mul(splat(2), negativeAbs(u)), EXP);
      const q = f64x2.div(one(), f64x2.add(splat(2), t));
      // sech² = 4e/(1 + e)² with e = e^(−2|u|), 1 + e = 2 + t
      const slope = f64x2.mul(f64x2.mul(splat(4), v128.load(EXP)), f64x2.mul(q, q));
      write(i, g, d, copySign(f64x2.neg(f64x2.mul(t, q)), u), slope);
    }
  } else if (code == RELU || code == LEAKY_RELU) {
    const slope = splat(code == RELU ? 0 : param);
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      const m = v128.bitselect(one(), slope, f64x2.gt(u, zero));
      write(i, g, d, f64x2.mul(u, m), m);
    }
  } else if (code == ELU) {
    const alpha = splat(param);
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      const t = expm1(f64x2.min(u, zero), EXP);
      const positive = f64x2.gt(u, zero);
      write(i, g, d, v128.bitselect(u, f64x2.mul(alpha, t), positive),
        v128.bitselect(one(), f64x2.mul(alpha, v128.load(EXP)), positive));
    }
  } else if (code == GELU) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      const cdf = f64x2.mul(splat(0.5), erfc(f64x2.mul(f64x2.neg(u), splat(0.7071067811865476))));
      const density = f64x2.mul(splat(0.3989422804014327), exp(f64x2.mul(f64x2.mul(u, u), splat(-0.5))));
      write(i, g, d, f64x2.mul(u, cdf), f64x2.add(cdf, f64x2.mul(u, density)));
    }
  } else if (code == SILU) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      const e = exp(negativeAbs(u));
      const q = f64x2.div(one(), f64x2.add(one(), e));
      const h = logistic(u, e, q);
      write(i, g, d, f64x2.mul(u, h), f64x2.add(h, f64x2.mul(u, f64x2.mul(f64x2.mul(e, q), q))));
    }
  } else if (code == SOFTPLUS) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      const e = exp(negativeAbs(u));
      const q = f64x2.div(one(), f64x2.add(one(), e));
      write(i, g, d, f64x2.add(f64x2.max(u, zero), log1pUnit(e)), logistic(u, e, q));
    }
  } else if (code == IDENTITY) {
    for (let i: usize = 0; i < bytes; i += 16) write(i, g, d, f64x2.mul(scale, f64x2.add(v128.load(points + i), shift)), one());
  } else {
    for (let i: usize = 0; i < bytes; i += 16) {
      const u = f64x2.mul(scale, f64x2.add(v128.load(points + i), shift));
      write(i, g, d, erf(u), f64x2.mul(splat(1.1283791670955126), exp(f64x2.neg(f64x2.mul(u, u)))));
    }
  }
}
