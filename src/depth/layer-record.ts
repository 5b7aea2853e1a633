import type { DepthSpec } from '../model/depth-spec.ts';

/**
 * The record of a block: for each layer, sums over its networks of each network's own averages, in this order. A sum that is
 * undefined (beyond the range of single precision) is NaN.
 */
export const RECORD = {
  /** Average over units and batch of z, z², and of z·z′ over pairs. */
  z: 0,
  zSquare: 1,
  zPairs: 2,
  a: 3,
  aSquare: 4,
  /** (β·g′)² */
  slopeSquare: 5,
  saturated: 6,
  /** (∂ℓ/∂a)² and the logarithm of its average. */
  gradient: 7,
  logGradient: 8,
  /** (∂ℓ/∂W)² over the entries, sample by sample. */
  weightGradient: 9,
} as const;

export const LAYER_FIELDS = 10;

/** After the layers: sums over networks of the Jacobian's singular values, and networks that had the two smaller ones. */
export const JACOBIAN = { largest: 0, median: 1, smallest: 2, meanSquare: 3, medians: 4, smallests: 5 } as const;

export const JACOBIAN_FIELDS = 6;

/** Doubles of a record, whatever the cell. */
export function depthRecordLength({ depth, jacobian }: Pick<DepthSpec, 'depth' | 'jacobian'>): number {
  return depth * LAYER_FIELDS + (jacobian ? JACOBIAN_FIELDS : 0);
}
