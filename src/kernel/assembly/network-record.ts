// Where things are of a network job, and of a layer's sums; src/kernel/wasm-network.ts writes the record, src/kernel/network.ts
// names the sums.

export const N_WIDTH: usize = 0;
export const N_DEPTH: usize = 4;
export const N_STRIPS: usize = 8; // of the batch, a multiple of four
export const N_STRIDE: usize = 12; // bytes from strip to strip
export const N_WEIGHTS: usize = 16; // pointers to samplers
export const N_INPUTS: usize = 20;
export const N_BIAS: usize = 24; // 0: no bias
export const N_GRADIENT: usize = 28;
export const N_ORTHOGONAL: usize = 32;
export const N_GAIN: usize = 36; // f32, of orthogonal weights
export const N_CODE: usize = 40;
export const N_PARAM: usize = 44; // f32
export const N_BETA: usize = 48; // f32
export const N_THRESHOLD: usize = 52; // f32: |β·g′| below it is saturated
export const N_MATRICES: usize = 56; // slots of weights
export const N_SLOT: usize = 60; // bytes of one
export const N_KEPT: usize = 64; // layers with a slot of their own; the others share the one behind
export const N_A: usize = 68;
export const N_Z: usize = 72;
export const N_SLOPES: usize = 76; // β·g′ of every layer
export const N_NORMS: usize = 80; // Σa² of each column, f64, of what enters every layer
export const N_SUMS: usize = 84; // SUMS doubles a layer
export const N_OWN: usize = 88; // f32: shares of an odd column's own draw and
export const N_COMMON: usize = 92; // f32: of its neighbour's
export const N_DRAWS: usize = 96; // a panel of all runs
export const N_JACOBIAN: usize = 100; // 0: none, else a matrix of as many columns as rows
export const N_SCRATCH: usize = 104; // another
export const N_WIDE: usize = 108; // its strips
export const N_EXPONENT: usize = 112; // i32, out: the Jacobian is the matrix times 2 to this

// Doubles of a layer.
export const SUMS: usize = 12;
export const Z: usize = 0;
export const Z_SQUARE: usize = 8;
export const Z_PAIRS: usize = 16;
export const A: usize = 24;
export const A_SQUARE: usize = 32;
export const SLOPE: usize = 40;
export const SLOPE_SQUARE: usize = 48;
export const SATURATED: usize = 56;
export const GRADIENT: usize = 64; // Σδ², δ scaled by 2^−k
export const GRADIENT_EXPONENT: usize = 72; // k
export const WEIGHT: usize = 80; // Σ over columns of ‖∂/∂z‖²·‖a‖², the former scaled by 2^−k
export const WEIGHT_EXPONENT: usize = 88; // k

// @ts-ignore: decorator
@inline
export function slopesOf(job: usize, layer: i32): usize {
  return load<usize>(job, N_SLOPES) + <usize>layer * load<usize>(job, N_STRIPS) * load<usize>(job, N_STRIDE);
}

// @ts-ignore: decorator
@inline
export function normsOf(job: usize, layer: i32): usize {
  return load<usize>(job, N_NORMS) + ((<usize>layer * load<usize>(job, N_STRIPS)) << 5);
}

// @ts-ignore: decorator
@inline
export function slotOf(job: usize, layer: i32): usize {
  return load<usize>(job, N_MATRICES) + <usize>min(layer, load<i32>(job, N_KEPT)) * load<usize>(job, N_SLOT);
}
