import type { Sampler } from '../random/sampler.ts';

/** Everything about a random network on a random batch but its streams: L square layers z_l = W_l·a_{l−1} + b_l, a_l = g(β·z_l). */
export interface NetworkJob {
  /** Units of every layer, and inputs. */
  readonly width: number;
  /** Layers of weights, L. */
  readonly depth: number;
  /** Columns of the batch: a multiple of `BATCH_STEP`, at most `LARGEST_BATCH`. Columns 2k and 2k + 1 are a pair. */
  readonly batch: number;
  /** At their full scale; of orthogonal weights standard normals, which reflections are made from. */
  readonly weights: Sampler;
  /** Length of a row of orthogonal weights; null: weights are drawn one by one. */
  readonly orthogonalGain: number | null;
  readonly inputs: Sampler;
  /** Correlation of the two inputs of a pair, −1 … 1: x′ = c·x + √(1 − c²)·x″. */
  readonly correlation: number;
  /** Standard deviation of the biases, normal; 0: none. */
  readonly biasStd: number;
  /** Index into ACTIVATION_CODES, its parameter, and the slope β. */
  readonly code: number;
  readonly param: number;
  readonly beta: number;
  /** A unit is saturated where |β·g′| is below this. */
  readonly threshold: number;
  /** Whether to follow ∂a_L/∂x of the batch's first input. */
  readonly jacobian: boolean;
}

/** Four 128-bit keys of four words each: no two of these streams may be the same. */
export interface NetworkKeys {
  readonly weights: Uint32Array;
  readonly biases: Uint32Array;
  readonly inputs: Uint32Array;
  readonly gradients: Uint32Array;
}

/** Positions among the {@link LAYER_SUMS} doubles of a layer. Sums run over width × batch values, the pairs' over half as many. */
export const SUM = {
  z: 0,
  zSquare: 1,
  zPairs: 2,
  a: 3,
  aSquare: 4,
  /** β·g′(β·z) and its square. */
  slope: 5,
  slopeSquare: 6,
  saturated: 7,
  /** Σδ², δ = ∂ℓ/∂a times 2^−k, and k. */
  gradient: 8,
  gradientExponent: 9,
  /** Σ over columns of ‖∂ℓ/∂z‖²·‖a_{l−1}‖², ∂ℓ/∂z times 2^−k, and k. */
  weight: 10,
  weightExponent: 11,
} as const;

export const LAYER_SUMS = 12;

/** One simulated network. */
export interface NetworkResult {
  /** depth × {@link LAYER_SUMS}. Beyond the range of single precision (3e38) they are infinite or no numbers. */
  readonly sums: Float64Array;
  /** ∂a_L/∂x = 2^exponent · matrix (row-major, width × width, single precision), where the job asks for it. */
  readonly jacobian: { readonly matrix: Float64Array; readonly exponent: number } | null;
}

/**
 * Simulates replicate 0, 1, … of a block: draws depend on the keys, the replicate and the layer alone, not on depth, scale or activation.
 * The gradient with respect to a_L is standard normal, independent over units and columns.
 */
export type NetworkSimulator = (keys: NetworkKeys, replicate: number) => NetworkResult;

const STANDARD_NORMAL: Sampler = { kind: 'normal', params: [], scale: 1, shift: 0 };

/** The samplers that belong to a network besides its weights and inputs. */
export function ownSamplers(job: NetworkJob): { readonly biases: Sampler; readonly gradients: Sampler } {
  return { biases: { ...STANDARD_NORMAL, scale: job.biasStd }, gradients: STANDARD_NORMAL };
}

/** The panel of 64 columns `panel` of a layer of a replicate. */
export function panelOf(replicate: number, layer: number, panel: number): number {
  return ((replicate << 16) | (layer << 6) | panel) >>> 0;
}
