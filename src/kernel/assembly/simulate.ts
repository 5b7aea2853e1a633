// One block of one band: panels × runs × fan-ins, all weight shapes against all inputs.

import { beginPanel } from './dependent';
import {
  COLUMNS, P_INPUT, P_LAST, P_ORTHOGONAL, P_SUMS, P_TABLES, P_WEIGHT, PAIR_BYTES, RUN, S_LAST, S_NORMS, S_PANEL, SAMPLER_BYTES,
} from './layout';
import { product } from './product';
import { tally } from './tally';
import { accumulateNorms, fill } from './variates';

/** Sums scaled for an orthogonal row: z·√n/‖g‖, unit by unit. */
function normalise(z: usize, out: usize, norms: usize, fanIn: f32, side: i32): void {
  const root = sqrt<f32>(fanIn);
  let at: usize = 0;
  for (let unit = 0; unit < COLUMNS; unit++) {
    // A norm is 0 at n = 1 where Box–Muller's radius is, once in 2²⁵ normals: z = 0, not 0·∞.
    const norm = load<f32>(norms + (<usize>unit << 2));
    const factor: f32 = norm > 0 ? root / sqrt<f32>(norm) : 0;
    for (let input = 0; input < side; input++) {
      const from = sumOffset(unit, input, side);
      store<f32>(out + at, load<f32>(z + from) * factor);
      at += 4;
    }
  }
}

/** Where the sum of column `unit` of the weights and input `input` of its replicate lies (see product.ts). */
// @ts-ignore: decorator
@inline
function sumOffset(unit: i32, input: i32, side: i32): usize {
  if (side == 2) return <usize>(((unit >> 2) * 8 + (unit & 1) * 4 + (unit & 2) + input) << 2);
  return <usize>((unit * side + input) << 2);
}

/** Fan-in `step` has been reached: tally every pair that asks for it. */
function read(step: i32, fanIn: i32, pairs: usize, pairCount: i32, side: i32, scratch: usize): void {
  const values = COLUMNS * side;
  for (let i = 0; i < pairCount; i++) {
    const pair = pairs + <usize>i * PAIR_BYTES;
    const table = load<usize>(load<usize>(pair, P_TABLES) + (<usize>step << 2));
    if (table == 0) continue;
    let z = load<usize>(pair, P_SUMS);
    if (load<i32>(pair, P_ORTHOGONAL) != 0) {
      const norms = load<usize>(load<usize>(pair, P_WEIGHT), S_NORMS);
      normalise(z, scratch, norms, <f32>fanIn, side);
      z = scratch;
    }
    tally(table, z, values);
  }
}

function clear(pairs: usize, pairCount: i32, samplers: usize, samplerCount: i32, side: i32): void {
  for (let i = 0; i < pairCount; i++) {
    memory.fill(load<usize>(pairs + <usize>i * PAIR_BYTES, P_SUMS), 0, <usize>(COLUMNS * side) << 2);
  }
  for (let i = 0; i < samplerCount; i++) {
    const norms = load<usize>(samplers + <usize>i * SAMPLER_BYTES, S_NORMS);
    if (norms != 0) memory.fill(norms, 0, 256);
  }
}

/** Indices [from, to) of the run at `base`, for every pair that still needs them. */
function advance(base: i32, from: i32, to: i32, pairs: usize, pairCount: i32, samplers: usize, samplerCount: i32, side: i32): void {
  for (let i = 0; i < samplerCount; i++) {
    const sampler = samplers + <usize>i * SAMPLER_BYTES;
    const norms = load<usize>(sampler, S_NORMS);
    if (norms != 0 && load<i32>(sampler, S_LAST) > base + from) accumulateNorms(load<usize>(sampler, S_PANEL), norms, from, to);
  }
  for (let i = 0; i < pairCount; i++) {
    const pair = pairs + <usize>i * PAIR_BYTES;
    if (load<i32>(pair, P_LAST) <= base + from) continue;
    const w = load<usize>(load<usize>(pair, P_WEIGHT), S_PANEL);
    const x = load<usize>(load<usize>(pair, P_INPUT), S_PANEL);
    product(w, x, load<usize>(pair, P_SUMS), from, to, side);
  }
}

/**
 * Simulates panels [first, last) of one block into the pairs' tables.
 *
 * `steps` are the `stepCount` ascending fan-ins of the band; a sampler or pair stops at its own last one.
 */
export function simulate(
  side: i32, first: i32, last: i32, samplers: usize, samplerCount: i32, pairs: usize, pairCount: i32, steps: usize, stepCount: i32,
  scratch: usize,
): void {
  const end = load<i32>(steps + (<usize>(stepCount - 1) << 2));
  for (let panel = first; panel < last; panel++) {
    clear(pairs, pairCount, samplers, samplerCount, side);
    for (let i = 0; i < samplerCount; i++) beginPanel(samplers + <usize>i * SAMPLER_BYTES, panel);
    let step = 0;
    for (let base = 0; base < end; base += RUN) {
      for (let i = 0; i < samplerCount; i++) {
        const sampler = samplers + <usize>i * SAMPLER_BYTES;
        const count = min(RUN, load<i32>(sampler, S_LAST) - base);
        if (count > 0) fill(sampler, panel, base / RUN, count);
      }
      const stop = min(RUN, end - base);
      let from = 0;
      while (from < stop) {
        const next = load<i32>(steps + (<usize>step << 2)) - base;
        const to = min(stop, next);
        advance(base, from, to, pairs, pairCount, samplers, samplerCount, side);
        if (to == next) {
          read(step, next + base, pairs, pairCount, side, scratch);
          step++;
        }
        from = to;
      }
    }
  }
}
