import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { pairSum } from './correlation.ts';
import { zMoments } from './moments.ts';

/** Fan-ins below this draw every pre-activation independently. */
const SMALLEST_SHARED = 16;
const LARGEST_SIDE = 64;
/** Time of one draw over time of one product in the kernel (measured). */
const DRAW_COST = 4;

/**
 * What sharing draws in a layer of side t costs: the variance of z_var inflates by 1 + (t − 1)·a against independent
 * values, that of z_mean by 1 + (t − 1)·r.
 *
 * a = (C_w + C_x)/(2 + excess), with C_w = Var(wᵀE[xxᵀ]w)/(E z²)² the covariance of z² between entries that share weights and
 * C_x = Var(xᵀE[wwᵀ]x)/(E z²)² between those that share inputs; r = μ_x²/E[x²] through shared weights. Constant weights make
 * every unit the same: a = r = 1.
 *
 * @returns null when the moments are unknown or infinite
 */
export function dependence(shape: Shape, input: Input, fanIn: number): { a: number; r: number } | null {
  const { variance, excess } = zMoments(shape, input, fanIn);
  if (variance === 0) return { a: 0, r: 0 };
  if (shape.kind === 'constant') return { a: 1, r: 1 };
  if (excess === null || !Number.isFinite(excess)) return null;
  const byWeights = sharedWeights(shape, input, fanIn);
  const byInputs = sharedInputs(input, fanIn);
  if (byWeights === null || byInputs === null) return null;
  const shared = byWeights + byInputs;
  return { a: shared > 0 ? shared / (2 + excess) : 0, r: meanShare(input) };
}

/** r = μ_x²/E[x²]. */
function meanShare(input: Input): number {
  const mean = input.moments[1] as number;
  return (mean * mean) / (input.moments[2] as number);
}

/** Σ_{i≠j} (E[x_i x_j]/E[x²])². */
function offDiagonal(input: Input, n: number): number | null {
  const pairs = pairSum(input.dependence, n, 2);
  return pairs === null ? null : pairs + n * (n - 1) * meanShare(input) * meanShare(input);
}

/**
 * C_w = (κ_w − 1)/n + 2P/n², P = Σ_{i≠j}(E[x_i x_j]/E[x²])². A row on the sphere of radius √n has
 * E(wᵀSw)² = n(tr²S + 2 tr S²)/(n + 2), so C_w = 2P/(n(n + 2)).
 */
function sharedWeights(shape: Shape, input: Input, n: number): number | null {
  const pairs = offDiagonal(input, n);
  if (pairs === null) return null;
  if (shape.kind === 'orthogonal') return (2 * pairs) / (n * (n + 2));
  const [, , w2, , w4] = shape.moments as readonly [number, number, number, number, number];
  return (w4 / (w2 * w2) - 1) / n + (2 * pairs) / (n * n);
}

/** C_x = Var(‖x‖²)/(E‖x‖²)². */
function sharedInputs(input: Input, n: number): number | null {
  const [, , x2, , x4] = input.moments as readonly [number, number, number, number, number];
  switch (input.dependence.kind) {
    case 'iid':
      return (x4 / (x2 * x2) - 1) / n;
    case 'rows':
      return null;
    default:
      // Centred Gaussian: Cov(x_i², x_j²) = 2·Cov(x_i, x_j)².
      return 2 / n + (2 * (pairSum(input.dependence, n, 2) as number)) / (n * n);
  }
}

/**
 * Side t of a layer (units = batch = t) that gives the most precision for the time, when a draw costs 4 products: the
 * largest power of two not above √(8(1/a − 1)), within 1…min(64, maxSide); 1 for fan-ins under 16 or unknown moments.
 */
export function layerSide(shape: Shape, input: Input, fanIn: number, maxSide: number): number {
  if (fanIn < SMALLEST_SHARED) return 1;
  const shared = dependence(shape, input, fanIn);
  if (shared === null) return 1;
  const optimum = Math.sqrt(2 * DRAW_COST * (1 / shared.a - 1));
  const largest = Math.min(LARGEST_SIDE, maxSide);
  let side = 1;
  while (2 * side <= largest && 2 * side <= optimum) side *= 2;
  return side;
}

/** Variance of the statistic's estimate against that of as many independent pre-activations; null if unknown. */
export function inflation(
  shape: Shape,
  input: Input,
  fanIn: number,
  side: number,
  statistic: 'mean' | 'variance',
): number | null {
  if (side === 1) return 1;
  const shared = dependence(shape, input, fanIn);
  if (shared === null) return null;
  return 1 + (side - 1) * (statistic === 'mean' ? shared.r : shared.a);
}
