/**
 * Which random variates a kernel is to draw, as plain data that can cross a thread boundary.
 *
 * A kernel draws a base variate u and returns x = scale·u + shift in single precision.
 *
 * | kind | base variate u | params |
 * |---|---|---|
 * | constant | 1 | |
 * | uniform | U(−1, 1) | |
 * | normal | N(0, 1) | |
 * | truncated_normal | N(0, 1) given \|u\| ≤ 2 | |
 * | sign | −1 or 1, probability ½ each | |
 * | bernoulli | 1 with probability p, else 0 | p |
 * | sparse | N(0, 1) with probability p, else 0 | p |
 * | exponential | Exp(1) | |
 * | laplace | density ½·exp(−\|u\|), variance 2 | |
 * | lognormal | exp(σ·N(0, 1)) | σ |
 * | student_t | Student's t | degrees of freedom |
 * | table | an entry of `table`, each with the same probability | |
 * | equicorrelated | √ρ·c + √(1−ρ)·g; c is shared by all indices of one input vector | ρ |
 * | ar1 | stationary AR(1) along the index, unit variance | φ |
 * | rows | entry i of a row of `table` picked with equal probabilities | row length |
 * | squared_normal | N(0, 1)² | |
 */
export const SAMPLER_KINDS = [
  'constant',
  'uniform',
  'normal',
  'truncated_normal',
  'sign',
  'bernoulli',
  'sparse',
  'exponential',
  'laplace',
  'lognormal',
  'student_t',
  'table',
  'equicorrelated',
  'ar1',
  'rows',
  'squared_normal',
] as const;

export type SamplerKind = (typeof SAMPLER_KINDS)[number];

export interface Sampler {
  readonly kind: SamplerKind;
  readonly params: readonly number[];
  readonly scale: number;
  readonly shift: number;
  /** Values of `table` and `rows` samplers, row-major, already standardised. */
  readonly table?: Float32Array;
}
