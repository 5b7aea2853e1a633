import type { ModelSpec, SeedShare } from './spec.ts';

/** Two interleaved spirals, one a class; inputs of variance near 1. */
export interface SpiralsSpec {
  readonly kind: 'spirals';
  readonly points: number;
  /** Standard deviation of the normal noise on each coordinate. */
  readonly noise: number;
  /** Times that a spiral goes round the origin. */
  readonly turns: number;
  /** Share of the points that are of class 1, rounded to whole points. */
  readonly positive: number;
}

/** Normal clouds round (±1, ±1); class 1 where the signs differ. */
export interface XorSpec {
  readonly kind: 'xor';
  readonly points: number;
  readonly noise: number;
  readonly positive: number;
}

/** Standard normal inputs x and a random unit direction v: y = vᵀx + noise, or its sign as a class. */
export interface TeacherSpec {
  readonly kind: 'teacher';
  readonly points: number;
  readonly inputs: number;
  readonly noise: number;
  readonly labels: 'classes' | 'values';
}

/** What is known of a file of examples without the file. */
export interface ExampleFacts {
  /** SHA-256 of the inputs and targets used, as little-endian doubles. */
  readonly digest: string;
  readonly rows: number;
  readonly inputs: number;
  /** Number of classes; 0 where the target is a value. */
  readonly classes: number;
}

/** Examples from a file: every column but the target is an input, standardised to mean 0 and variance 1. */
export interface FileSpec {
  readonly kind: 'file';
  /** As written in the config, relative to it. */
  readonly file: string;
  readonly target: string;
  readonly labels: 'classes' | 'values';
  readonly facts: ExampleFacts;
}

/** Examples that a network is trained on. Made ones are drawn anew for each replicate; a file's are the same for all. */
export type ExamplesSpec = SpiralsSpec | XorSpec | TeacherSpec | FileSpec;

/** Numbers of inputs and classes (0: the target is a value). */
export interface ExampleSize {
  readonly rows: number;
  readonly inputs: number;
  readonly classes: number;
}

export function exampleSize(data: ExamplesSpec): ExampleSize {
  switch (data.kind) {
    case 'file':
      return { rows: data.facts.rows, inputs: data.facts.inputs, classes: data.facts.classes };
    case 'teacher':
      return { rows: data.points, inputs: data.inputs, classes: data.labels === 'classes' ? 2 : 0 };
    default:
      return { rows: data.points, inputs: 2, classes: 2 };
  }
}

export const OPTIMIZERS = ['sgd', 'adam', 'adamw'] as const;
export type OptimizerKind = (typeof OPTIMIZERS)[number];

/** One way to initialise and train; arms share examples, batches and the draws behind their weights. */
export interface ArmSpec {
  /** Unique among the arms: their label in the tables. */
  readonly name: string;
  readonly initializer: ModelSpec;
  /** Activation g of the hidden units. */
  readonly activation: ModelSpec;
  /** Multiplies every initial weight. */
  readonly scale: number;
  /** Standard deviation of the normal initial biases. */
  readonly biasStd: number;
  /** Slope β of g(βz) in every unit, the output's included. */
  readonly beta: number;
  readonly optimizer: OptimizerKind;
  readonly learningRate: number;
  /** Of `sgd` (heavy ball). */
  readonly momentum: number;
  /** λ of the penalty λ/2·‖θ‖² on all weights and biases, added to the gradient. */
  readonly l2: number;
  /** Of `adamw`: share of θ, times the learning rate, taken off at each step. */
  readonly decay: number;
  /** Of `adam` and `adamw`: added to the root of the second moment. */
  readonly epsilon: number;
  /** Rates at which `adam` and `adamw` forget first and second moments. */
  readonly firstMoment: number;
  readonly secondMoment: number;
  /** Share of the units of each hidden layer whose incoming weights are multiplied by `inflation`. */
  readonly inflated: number;
  readonly inflation: number;
}

export const OUTPUTS = ['logistic', 'softmax', 'identity'] as const;
export type OutputKind = (typeof OUTPUTS)[number];

export interface NetworkSpec {
  /** Units of each hidden layer; none: a linear model. */
  readonly hidden: readonly number[];
  readonly output: OutputKind;
}

/** Output units: one for a value or for two classes, unless softmax has one for each class. */
export function outputCount({ data, network }: Pick<TrainingSpec, 'data' | 'network'>): number {
  const { classes } = exampleSize(data);
  return classes > 2 || (classes === 2 && network.output === 'softmax') ? classes : 1;
}

/** Units of each hidden layer, the first ones, whose incoming weights are multiplied by `inflation`. */
export function inflatedUnits(
  { inflated }: Pick<ArmSpec, 'inflated'>,
  { hidden }: Pick<NetworkSpec, 'hidden'>,
): number[] {
  return hidden.map((units) => Math.round(inflated * units));
}

/** A validated, frozen training experiment: plain JSON with defaults filled in, arms multiplied out, aliases resolved. */
export interface TrainingSpec {
  readonly name: string;
  readonly seed: string | readonly SeedShare[];
  readonly experiment: 'training';
  readonly data: ExamplesSpec;
  readonly network: NetworkSpec;
  readonly loss: 'cross_entropy' | 'mse';
  /** Examples a step, drawn without replacement epoch by epoch; `full`: all of them. */
  readonly batch: 'full' | number;
  readonly steps: number;
  /** Steps after which the network is looked at, ascending; 0 is before the first one. */
  readonly record: readonly number[];
  /** Loss to reach. */
  readonly target: number;
  /** Diverged: ended with a loss above this multiple of the larger of the initial loss and that of zero weights. */
  readonly divergence: number;
  /** Saturation threshold ε: share of the largest |derivative|. */
  readonly saturation: number;
  readonly arms: readonly ArmSpec[];
  /** Name of the arm that the others are compared with. */
  readonly baseline: string;
  /** Random initialisations of each arm asked for; rounded up to whole blocks. */
  readonly samples: number;
  readonly blocks: number;
  readonly precision: null;
}
