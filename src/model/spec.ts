/** A registry entry by its canonical name, with every parameter filled in. */
export interface ModelSpec {
  readonly kind: string;
  readonly params: Readonly<Record<string, number>>;
}

/** Facts about a data file that outlive the file: enough for theory, `derive` and `verify`. */
export interface DatasetFacts {
  /** As written in the config, relative to it. */
  readonly file: string;
  readonly column: string | null;
  /** `values`: components are drawn one by one; `rows`: whole rows are drawn. */
  readonly draw: 'values' | 'rows';
  /** SHA-256 of the values used, as little-endian doubles. */
  readonly digest: string;
  readonly rows: number;
  readonly columns: number;
  /** Mean and standard deviation that standardising removes; null when `standardize` is false. */
  readonly location: number | null;
  readonly spread: number | null;
  /** `values`: E x^k, k = 0…8, after standardising. */
  readonly moments: readonly number[] | null;
  /** `values`: E (x − E x)^k, k = 0…8. */
  readonly central: readonly number[] | null;
  /** `rows`: for each fan-in of the sweep, over rows x cut to n entries (after standardising). */
  readonly rowMoments: readonly RowMoments[] | null;
}

export interface RowMoments {
  readonly fanIn: number;
  /** E‖x‖², E‖x‖⁴, E‖x‖⁸ */
  readonly norm2: number;
  readonly norm4: number;
  readonly norm8: number;
  /** Σ E x_i⁴ */
  readonly sumFourth: number;
  /** For constant weights: Σ E x_i, which tallies of S = Σ(x_i − E x_i) are about. */
  readonly sumCentre: number;
  /** Σ E x_i + E S, with S added up in single precision, index by index, as kernels do. */
  readonly sumMean: number;
  /** E (S − E S)^k, k = 0…8. Where the entries of a row cancel, S is what rounding leaves. */
  readonly sumCentral: readonly number[];
}

export interface InputSpec extends ModelSpec {
  readonly standardize: boolean;
  readonly dataset: DatasetFacts | null;
}

/** A run that others were pooled into has the blocks of each seed one after another. */
export interface SeedShare {
  readonly seed: string;
  readonly blocks: number;
}

/** A precision to reach: blocks are added in planned rounds until the named cells have it. */
export interface PrecisionSpec {
  /** Name of a statistic that has a standard error. */
  readonly statistic: string;
  /** The largest standard error, as it is or as a share of |value|. */
  readonly target: { readonly kind: 'relative' | 'absolute'; readonly value: number };
  /** The cells that must reach it: levels by axis, numbers and labels as the axes have them and in their order; null: all. */
  readonly cells: PrecisionCells;
  /** Samples in each cell before the run may stop, and at most. */
  readonly minSamples: number;
  readonly maxSamples: number;
}

export interface PrecisionCells {
  readonly inputs: readonly string[] | null;
  readonly fanIn: readonly number[] | null;
  readonly fanOut: readonly number[] | null;
  readonly initializers: readonly string[] | null;
  readonly activations: readonly string[] | null;
  readonly beta: readonly number[] | null;
}

/** A sweep of the layer experiment. */
export interface SweepSpec {
  readonly name: string;
  /** A list in runs that `merge` pooled; their `blocks` are those of all together. */
  readonly seed: string | readonly SeedShare[];
  readonly experiment: 'layer';
  readonly fanIn: readonly number[];
  /** 'fanIn', or the levels of an axis of its own. */
  readonly fanOut: 'fanIn' | readonly number[];
  readonly inputs: readonly InputSpec[];
  readonly initializers: readonly ModelSpec[];
  readonly activations: readonly ModelSpec[];
  readonly beta: readonly number[];
  /** Pre-activations asked for in each cell, and blocks; with a precision, of the first round. The plan rounds up to whole blocks. */
  readonly samples: number;
  readonly blocks: number;
  /** Saturation threshold ε: share of the largest |derivative|. */
  readonly saturation: number;
  /** null: `samples` are simulated, whatever precision that gives. */
  readonly precision: PrecisionSpec | null;
}

/** Values of one data file, ready to sample from (standardised, single precision), by digest. */
export type Datasets = ReadonlyMap<string, Float32Array>;
