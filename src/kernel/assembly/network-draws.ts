// What is random in a network: inputs, weights, biases and the gradient at the output.

import { COLUMNS, RUN, S_PANEL, STRIP, STRIPS } from './layout';
import { CHUNK_BYTES } from './matrices';
import {
  N_BIAS, N_COMMON, N_DRAWS, N_ORTHOGONAL, N_OWN, N_STRIDE, N_STRIPS, N_WEIGHTS, N_WIDTH, N_Z, slotOf,
} from './network-record';
import { packReflections } from './reflections';
import { beginPanel } from './dependent';
import { fill } from './variates';

/** A panel of a replicate: 64 columns of 1024 layers. */
// @ts-ignore: decorator
@inline
function panelOf(replicate: u32, layer: i32, panel: i32): u32 {
  return (replicate << 16) | (<u32>layer << 6) | <u32>panel;
}

/** All runs of a panel, one chunk behind the other. */
function fillRuns(sampler: usize, panel: u32, to: usize, width: i32): void {
  beginPanel(sampler, panel);
  for (let run = 0; run * RUN < width; run++, to += CHUNK_BYTES) {
    store<usize>(sampler, to, S_PANEL);
    fill(sampler, panel, run, min(RUN, width - run * RUN));
  }
}

/** Draws a batch into strips: column c of panel p is column 64p + c. */
export function drawBatch(job: usize, sampler: usize, replicate: u32, to: usize): void {
  const width = load<i32>(job, N_WIDTH);
  const strips = load<usize>(job, N_STRIPS);
  const stride = load<usize>(job, N_STRIDE);
  const draws = load<usize>(job, N_DRAWS);
  for (let first: usize = 0; first < strips; first += STRIPS) {
    fillRuns(sampler, panelOf(replicate, 0, <i32>(first / STRIPS)), draws, width);
    for (let strip: usize = 0; strip < min(STRIPS, strips - first); strip++) {
      const at = to + (first + strip) * stride;
      for (let base = 0; base < width; base += RUN) {
        const from = draws + <usize>(base >> 7) * CHUNK_BYTES + strip * STRIP;
        memory.copy(at + (<usize>base << 4), from, <usize>min(RUN, width - base) << 4);
      }
    }
  }
}

/** Mixes every odd column with the one before it: correlated pairs. */
export function correlate(job: usize, at: usize): void {
  const own = v128.load32_splat(job, N_OWN);
  const common = v128.load32_splat(job, N_COMMON);
  const stride = load<usize>(job, N_STRIDE);
  const bytes = <usize>load<i32>(job, N_WIDTH) << 4;
  for (let strip: usize = 0; strip < load<usize>(job, N_STRIPS); strip++, at += stride) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(at + i);
      const mixed = f32x4.add(f32x4.mul(common, v128.shuffle<f32>(x, x, 0, 0, 2, 2)), f32x4.mul(own, x));
      v128.store(at + i, v128.shuffle<f32>(x, mixed, 0, 5, 2, 7));
    }
  }
}

export function drawWeights(job: usize, replicate: u32, layer: i32): void {
  const width = load<i32>(job, N_WIDTH);
  const sampler = load<usize>(job, N_WEIGHTS);
  const slot = slotOf(job, layer);
  const runs = <usize>((width + RUN - 1) / RUN);
  const draws = load<usize>(job, N_DRAWS);
  for (let panel = 0; panel * COLUMNS < width; panel++) {
    const name = panelOf(replicate, layer, panel);
    if (load<i32>(job, N_ORTHOGONAL) != 0) {
      fillRuns(sampler, name, draws, width);
      packReflections(draws, panel, slot, width);
    } else {
      fillRuns(sampler, name, slot + <usize>panel * runs * CHUNK_BYTES, width);
    }
  }
}

/** z += b, a normal number for each unit. */
export function addBias(job: usize, replicate: u32, layer: i32): void {
  const sampler = load<usize>(job, N_BIAS);
  if (sampler == 0) return;
  const width = load<i32>(job, N_WIDTH);
  const stride = load<usize>(job, N_STRIDE);
  const draws = load<usize>(job, N_DRAWS);
  for (let unit = 0; unit < width; unit++) {
    if (unit % COLUMNS == 0) fillRuns(sampler, panelOf(replicate, layer, unit / COLUMNS), draws, 1);
    const bias = v128.load32_splat(draws + <usize>((unit & 63) >> 2) * STRIP + <usize>((unit & 3) << 2));
    let at = load<usize>(job, N_Z) + (<usize>unit << 4);
    for (let strip: usize = 0; strip < load<usize>(job, N_STRIPS); strip++, at += stride) {
      v128.store(at, f32x4.add(v128.load(at), bias));
    }
  }
}
