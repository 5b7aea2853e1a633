// Draws of one run of one panel: `count` indices × 64 columns, stored as 16 strips of four columns.
// Every index takes the same number of random words, so a shorter run is a prefix of a longer one.

import { seed, signRows, uniformRows, words } from './generator';
import { autoregress, copyRows, equicorrelate } from './dependent';
import {
  beginLog, cosine, endLog, exp, expm1, negativeLog, octant, one, signBits, sine, truncatedQuantile, uniformDepth, uniformDepth31,
} from './elementary32';
import { ROW, RUN, S_INTEGER, S_KEY, S_KIND, S_PANEL, S_PARAM, S_SCALE, S_SHIFT, S_TABLE, STRIP, STRIPS } from './layout';
import { LOGS, normals, scatterNormals } from './normals';
import {
  AR1, BERNOULLI, CONSTANT, EQUICORRELATED, EXPONENTIAL, LAPLACE, LOGNORMAL, NORMAL, ROWS, SIGN, SPARSE,
  SQUARED_NORMAL, STUDENT_T, TABLE, TRUNCATED_NORMAL, UNIFORM,
} from './sampler-kinds';

/** Indices drawn at a time: their words stay in the first-level cache. */
const CHUNK: i32 = 16;
/** 16 vectors for each index, twice where a draw takes two words. */
const WORDS: usize = memory.data(16 * 16 * 16 * 2, 16);

// @ts-ignore: decorator
@inline
function put(panel: usize, strip: usize, index: i32, value: v128): void {
  v128.store(panel + strip * STRIP + (<usize>index << 4), value);
}

// @ts-ignore: decorator
@inline
function take(panel: usize, strip: usize, index: i32): v128 {
  return v128.load(panel + strip * STRIP + (<usize>index << 4));
}

/** Laplace variates straight into the strips: a random sign and an exponential of the other 31 bits. */
function scatterLaplace(at: usize, panel: usize, index: i32, indices: i32, scale: v128, shift: v128): void {
  for (let i = 0; i < indices; i++, at += ROW) {
    for (let j: usize = 0; j < ROW; j += 16) beginLog(uniformDepth31(v128.load(at + j)), LOGS + j);
    let to = panel + (<usize>(index + i) << 4);
    for (let j: usize = 0; j < ROW; j += 16, to += STRIP) {
      const u = v128.or(endLog(LOGS + j), v128.and(v128.load(at + j), signBits()));
      v128.store(to, f32x4.add(f32x4.mul(u, scale), shift));
    }
  }
}

/** x = scale·u + shift of `indices` indices from `at` into the strips. */
function scatter(at: usize, panel: usize, index: i32, indices: i32, scale: v128, shift: v128): void {
  for (let i = 0; i < indices; i++) {
    for (let j: usize = 0; j < STRIPS; j++) {
      put(panel, j, index + i, f32x4.add(f32x4.mul(v128.load(at), scale), shift));
      at += 16;
    }
  }
}

function transform(kind: i32, sampler: usize, at: usize, rows: i32): void {
  const end = at + <usize>rows * ROW;
  if (kind == TRUNCATED_NORMAL) {
    const factor = f32x4.splat(4.4447357e-10); // erf(√2)·2⁻³¹, as the reference works it out
    for (; at < end; at += 16) v128.store(at, truncatedQuantile(f32x4.mul(f32x4.convert_i32x4_s(v128.load(at)), factor)));
  } else if (kind == BERNOULLI) {
    const threshold = i32x4.splat(load<i32>(sampler, S_INTEGER));
    for (; at < end; at += 16) v128.store(at, v128.and(i32x4.lt_u(v128.load(at), threshold), one()));
  } else if (kind == EXPONENTIAL) {
    for (; at < end; at += 16) v128.store(at, negativeLog(uniformDepth(v128.load(at))));
  } else if (kind == LOGNORMAL) {
    normals(at, rows);
    const sigma = f32x4.splat(load<f32>(sampler, S_PARAM));
    for (; at < end; at += 16) v128.store(at, exp(f32x4.mul(v128.load(at), sigma)));
  } else if (kind == TABLE) {
    const table = load<usize>(sampler, S_TABLE);
    const size = <u64>load<u32>(sampler, S_INTEGER);
    for (; at < end; at += 4) {
      const pick = <usize>((<u64>load<u32>(at) * size) >> 32);
      store<f32>(at, load<f32>(table + (pick << 2)));
    }
  } else if (kind == SQUARED_NORMAL) {
    normals(at, rows);
    for (; at < end; at += 16) {
      const value = v128.load(at);
      v128.store(at, f32x4.mul(value, value));
    }
  } else if (kind == EQUICORRELATED || kind == AR1) {
    normals(at, rows);
  }
}

/** Draws of two words: 16 vectors of each from every index, values left in the first half of the index's words. */
function transformPairs(kind: i32, sampler: usize, indices: i32): void {
  const threshold = i32x4.splat(load<i32>(sampler, S_INTEGER));
  const freedom = load<f32>(sampler, S_PARAM);
  const rate = f32x4.splat(-2 / freedom);
  const nu = f32x4.splat(freedom);
  let out = WORDS;
  for (let i = 0; i < indices; i++) {
    const first = WORDS + (<usize>i << 9);
    const second = first + 256;
    if (kind == SPARSE) normals(first, 1);
    for (let j: usize = 0; j < 256; j += 16) {
      const a = v128.load(first + j);
      const b = v128.load(second + j);
      if (kind == SPARSE) {
        v128.store(out + j, v128.and(a, i32x4.lt_u(b, threshold)));
      } else {
        // Bailey (1994): √(ν·(U^(−2/ν) − 1))·cos θ is Student's t with ν degrees of freedom.
        const r = f32x4.sqrt(f32x4.mul(nu, expm1(f32x4.neg(f32x4.mul(negativeLog(uniformDepth(a)), rate)))));
        const phi = octant(b);
        const square = f32x4.mul(phi, phi);
        const c = v128.bitselect(sine(phi, square), cosine(square), i32x4.shr_s(i32x4.shl(b, 2), 31));
        v128.store(out + j, v128.xor(f32x4.mul(r, c), v128.and(b, signBits())));
      }
    }
    out += 256;
  }
}

/** Draws indices `run`·128 … + `count` of `panel` for one sampler. */
export function fill(sampler: usize, panel: u32, run: u32, count: i32): void {
  const kind = load<i32>(sampler, S_KIND);
  const to = load<usize>(sampler, S_PANEL);
  const scale = f32x4.splat(load<f32>(sampler, S_SCALE));
  const shift = f32x4.splat(load<f32>(sampler, S_SHIFT));
  if (kind == CONSTANT) {
    for (let i = 0; i < count; i++) for (let j: usize = 0; j < STRIPS; j++) put(to, j, i, f32x4.add(scale, shift));
    return;
  }
  if (kind == ROWS) {
    copyRows(sampler, <i32>run * RUN, count);
    return;
  }
  seed(sampler + S_KEY, panel, run);
  if (kind == UNIFORM) {
    const factor = f32x4.mul(scale, f32x4.splat(4.656612873077393e-10)); // 2⁻³¹
    uniformRows(to, count, 8, 16, 2 * STRIP, STRIP, factor, shift);
    return;
  }
  if (kind == SIGN) {
    signRows(to, count, 8, 16, 2 * STRIP, STRIP, scale, shift);
    return;
  }
  const paired = kind == SPARSE || kind == STUDENT_T;
  for (let i = 0; i < count; i += CHUNK) {
    const indices = min(CHUNK, count - i);
    words(WORDS, indices * (paired ? 16 : 8));
    if (kind == NORMAL) {
      scatterNormals(WORDS, to, i, indices, scale, shift);
      continue;
    }
    if (kind == LAPLACE) {
      scatterLaplace(WORDS, to, i, indices, scale, shift);
      continue;
    }
    if (paired) transformPairs(kind, sampler, indices);
    else transform(kind, sampler, WORDS, indices);
    if (kind == EQUICORRELATED) equicorrelate(sampler, WORDS, indices);
    else if (kind == AR1) autoregress(sampler, WORDS, indices);
    scatter(WORDS, to, i, indices, scale, shift);
  }
}

/** Adds the squares of indices [from, to) to the running Σg² of each column. */
export function accumulateNorms(panel: usize, norms: usize, from: i32, to: i32): void {
  for (let j: usize = 0; j < STRIPS; j++) {
    let sum = v128.load(norms + (j << 4));
    for (let i = from; i < to; i++) {
      const g = take(panel, j, i);
      sum = f32x4.add(sum, f32x4.mul(g, g));
    }
    v128.store(norms + (j << 4), sum);
  }
}
