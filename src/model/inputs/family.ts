import type { MessageParts } from '../../errors.ts';
import type { Sampler, SamplerKind } from '../../random/sampler.ts';
import type { Parameter, Parameters } from '../parameters.ts';
import type { Entry } from '../registry.ts';
import type { RowMoments } from '../spec.ts';

/** How the components of one input vector depend on each other. */
export type Dependence =
  | { readonly kind: 'iid' }
  | { readonly kind: 'equicorrelated'; readonly rho: number }
  | { readonly kind: 'ar1'; readonly phi: number }
  | { readonly kind: 'rows'; readonly moments: readonly RowMoments[] };

/** The distribution of the inputs x of a neuron, ready for sampling and theory. */
export interface Input {
  readonly label: string;
  readonly kind: string;
  /**
   * E x^k of one component, k = 0…8, after standardising. Infinity from the first that diverges on; NaN where unknown
   * (k > 0 of whole empirical rows).
   */
  readonly moments: readonly number[];
  /** E (x − E x)^k, by the same rules. Not derived from `moments`, which lose digits when the mean is far from 0. */
  readonly central: readonly number[];
  readonly dependence: Dependence;
  readonly sampler: Sampler;
  /** Re E e^{iωx} of one component where components are independent and it has a closed form, else null. */
  readonly characteristic: ((omega: number) => number) | null;
}

/** Re and Im of E e^{iωu}. */
export type ComplexValue = readonly [number, number];

/** Values that are each allowed but not together, as messages say it. */
export type Combination = Required<Omit<MessageParts, 'where'>>;

/**
 * A named family of input distributions, described through the base variate u of its sampler; the input is an affine map
 * of u: the raw one below, or the one that gives mean 0 and variance 1.
 */
export interface InputKind extends Entry {
  readonly parameters: readonly Parameter[];
  /** false: drawn as it is, whatever `standardize` says. */
  readonly standardizable: boolean;
  /** What is wrong with these parameters together, each being in its range; null when nothing is. */
  problem?(params: Parameters, standardize: boolean): Combination | null;
  /** Absent: the input comes from a data file. */
  readonly base?: BaseVariate;
}

export interface BaseVariate {
  readonly sampler: SamplerKind;
  /** Parameters of the sampler. */
  samplerParams(params: Parameters): readonly number[];
  mean(params: Parameters): number;
  /** E (u − Eu)^k, k = 0…8; Infinity from the first that diverges on. */
  central(params: Parameters): readonly number[];
  /** [scale, shift] of x = scale·u + shift when not standardised. */
  raw(params: Parameters): readonly [scale: number, shift: number];
  /** E e^{iωu} where it has a closed form. */
  characteristic?(params: Parameters): ((omega: number) => ComplexValue) | null;
  /** Absent: independent components. */
  dependence?(params: Parameters): Dependence;
}

/** Base variates used as they are. */
export const UNCHANGED = (): readonly [number, number] => [1, 0];
export const NO_PARAMS = (): readonly number[] => [];
export const ZERO = (): number => 0;
