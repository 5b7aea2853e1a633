import type { Sampler } from '../random/sampler.ts';
import type { NetworkJob, NetworkSimulator } from './network.ts';

/**
 * Changes whenever drawn values or the definition of a statistic change: part of every stream key and of a plan's hash.
 */
export const KERNEL_VERSION = '2';

/** Columns drawn side by side: 64/side replicates of `side` weight vectors and `side` input vectors. */
export const COLUMNS = 64;
/** Indices after which a stream is keyed anew. */
export const RUN = 128;
/** Sides a layer can have. */
export const SIDES = [1, 2, 4, 8, 16, 32, 64] as const;

/** One (weight shape, input) of a layer, by position in the job's samplers, and the ascending fan-ins to tally. */
export interface Pair {
  readonly weights: number;
  readonly inputs: number;
  /** Divide each weight vector by its norm (and multiply by √n). */
  readonly orthogonal: boolean;
  readonly fanIns: readonly number[];
}

/** Everything about a band's blocks but their streams. */
export interface LayerJob {
  readonly side: number;
  /** Panels of 64·side pre-activations in a block. */
  readonly panels: number;
  readonly samplers: readonly Sampler[];
  readonly pairs: readonly Pair[];
}

/** Receives the record (`src/stats/record.ts`) of one pair at one of its fan-ins; the bytes are valid during the call only. */
export type TallySink = (pair: number, fanIn: number, record: Uint8Array) => void;

/** Simulates one block: `keys` holds a 128-bit key (four words) for each sampler of the job. */
export type BlockSimulator = (keys: readonly Uint32Array[], sink: TallySink) => void;

/** An activation g(β·s·(z + offset)): `code` indexes ACTIVATION_CODES, factor = β·s. */
export interface Functional {
  readonly code: number;
  readonly param: number;
  readonly factor: number;
  readonly offset: number;
}

/**
 * Doubles of one answer: E g, Var g, E g′, E g′², and for each of them its standard error (from {@link MergedTally.derive}) or how heavy
 * the tails of what it is an average of are (from {@link Kernel.expectations}): K of docs/guide.md, Heavy tails, NaN where nothing varies.
 */
export const ANSWER = 8;

/** Tallies of all blocks of one (ensemble, fan-in), merged; valid until the kernel's next `merge`, `simulator` or `networks`. */
export interface MergedTally {
  /** Occupied bins, ascending; their counts, Σr, and 1 where all values of the bin are equal. Owned by the caller. */
  readonly bins: Int16Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly points: Uint8Array;
  /** Values in each block. */
  readonly blockCounts: Float64Array;
  /** Power sums of each block, rows of [n, Σz, Σz², Σz³, Σz⁴]. */
  readonly powers: Float64Array;
  /** Smallest and largest value. */
  readonly min: number;
  readonly max: number;
  /** Values < x in each block, interpolated as `BinnedCdf` does; x finite. Valid until the next call of either. */
  below(x: number): Float64Array;
  /** Values ≤ x in each block. */
  atOrBelow(x: number): Float64Array;
  /** {@link ANSWER} doubles for each functional: values from all atoms, errors by the delete-one-block jackknife. */
  derive(functionals: readonly Functional[]): Float64Array;
}

/** The seam between the simulation and the machine it runs on: WebAssembly, or the scalar reference. */
export interface Kernel {
  readonly name: string;
  /** `count` ≤ 128 indices × 64 columns of one run of one panel, index-major: what a replay shows. */
  draw(sampler: Sampler, key: Uint32Array, panel: number, run: number, count: number): Float32Array;
  /** Prepares a layer; the simulator is valid until the kernel's next call of `merge`, `simulator` or `networks`. */
  simulator(job: LayerJob): BlockSimulator;
  /** Prepares networks of many layers; the simulator is valid as long as that of a layer. */
  networks(job: NetworkJob): NetworkSimulator;
  /**
   * Merges one record for each block, in any order.
   *
   * @param centre where functionals are steep or have a kink, if that is not at z = 0 where bins are narrow: −offset
   */
  merge(records: readonly Uint8Array[], centre?: number | null): MergedTally;
  /**
   * E g, Var g, E g′, E g′² of each functional over weighted points (weights sum to 1) and K of each: ⅜ of the squared skewness of
   * g, (g − E g)², g′ and g′². That is 3 for the square of a normal variable, its kurtosis, and ⅜/p for an event of probability p.
   * {@link ANSWER} doubles each.
   */
  expectations(points: Float64Array, weights: Float64Array, functionals: readonly Functional[]): Float64Array;
}
