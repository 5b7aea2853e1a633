import type { InputSpec, ModelSpec, SeedShare } from './spec.ts';

/** A validated depth experiment: plain JSON with defaults filled in, axes expanded, aliases resolved. */
export interface DepthSpec {
  readonly name: string;
  /** A list in runs that `merge` pooled; their `blocks` are those of all together. */
  readonly seed: string | readonly SeedShare[];
  readonly experiment: 'depth';
  /** Units of every layer, and inputs: layers are square. */
  readonly width: readonly number[];
  /** Layers of weights. */
  readonly depth: number;
  readonly inputs: readonly InputSpec[];
  readonly initializers: readonly ModelSpec[];
  readonly activations: readonly ModelSpec[];
  readonly beta: readonly number[];
  /** Inputs that a network sees; columns 2k and 2k + 1 are a pair. */
  readonly batch: number;
  /** Correlation of the two inputs of a pair. */
  readonly correlation: number;
  /** Standard deviation of the biases. */
  readonly biasStd: number;
  /** Whether the singular values of ∂a_L/∂x are computed. */
  readonly jacobian: boolean;
  /** Saturation threshold ε: share of the largest |derivative|. */
  readonly saturation: number;
  /** Random networks asked for in each cell, and blocks. The plan rounds up to whole blocks. */
  readonly samples: number;
  readonly blocks: number;
  readonly precision: null;
}
