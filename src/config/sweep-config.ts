import type { Relation, Shown } from '../model/expect-spec.ts';
import type { OptimizerKind, OutputKind } from '../model/training-spec.ts';

/** Levels of an axis of numbers: one, a list, or a range (see the guide). */
export type AxisConfig = number | readonly number[] | AxisRangeConfig;

export interface AxisRangeConfig {
  readonly from: number;
  readonly to: number;
  readonly step?: number;
  readonly count?: number;
  readonly scale?: 'linear' | 'log' | 'log2';
}

/** A registry entry by name, or with its parameters: `'relu'`, `{ kind: 'elu', alpha: 0.5 }`. */
export type ModelConfig = string | { readonly kind: string; readonly [parameter: string]: number | string | boolean };

/** The keys that the configs of all experiments have. */
interface CommonConfig {
  /** Path or address of a JSON Schema, for editors; ignored. */
  readonly $schema?: string;
  /** Names the run. */
  readonly name: string;
  /** Any text; the same seed gives the same bytes. */
  readonly seed?: string | number;
  readonly blocks?: number;
  /** A unit counts as saturated where |derivative| is under this share of its largest. */
  readonly saturation?: number;
  /** What the run puts to the test, in words. */
  readonly claim?: ClaimConfig;
  /** What `initsweep verify` is to find in the tables. */
  readonly expect?: readonly ExpectConfig[];
}

/**
 * A sweep as a program gives it: the keys of a config file. Types say what it looks like; names and ranges are checked when it is
 * used, with the messages of the command line.
 */
export interface SweepConfig extends CommonConfig {
  readonly experiment?: 'layer';
  readonly fanIn: AxisConfig;
  /** `fanIn`, the default, means square layers. */
  readonly fanOut?: 'fanIn' | AxisConfig;
  readonly inputs: ModelConfig | readonly ModelConfig[];
  readonly initializers: ModelConfig | readonly ModelConfig[];
  readonly activations: ModelConfig | readonly ModelConfig[];
  /** Slopes β of g(βz). */
  readonly beta?: AxisConfig;
  /** Pre-activations for each cell, rounded up to whole blocks. */
  readonly samples?: number;
  /** Adds blocks in planned rounds until the named cells are as precise as this. */
  readonly precision?: PrecisionConfig;
}

/** Networks of many layers; see the guide. */
export interface DepthConfig extends CommonConfig {
  readonly experiment: 'depth';
  /** Units of every layer, and inputs. */
  readonly width: AxisConfig;
  /** Layers of weights. */
  readonly depth: number;
  readonly inputs: ModelConfig | readonly ModelConfig[];
  readonly initializers: ModelConfig | readonly ModelConfig[];
  readonly activations: ModelConfig | readonly ModelConfig[];
  readonly beta?: AxisConfig;
  /** Inputs that each network sees. */
  readonly batch?: number;
  /** Of the two inputs of a pair. */
  readonly correlation?: number;
  readonly biasStd?: number;
  /** Whether to give singular values. */
  readonly jacobian?: boolean;
  /** Random networks for each cell, rounded up to whole blocks. */
  readonly samples?: number;
}

/** Networks that are trained; see the guide. */
export interface TrainingConfig extends CommonConfig {
  readonly experiment: 'training';
  /** Examples to learn from: `{ kind: 'spirals', points: 200 }`. */
  readonly data: ModelConfig;
  readonly network: { readonly hidden: readonly number[]; readonly output?: OutputKind };
  readonly loss?: 'cross_entropy' | 'mse';
  /** Examples of a step. */
  readonly batch?: 'full' | number;
  /** Updates of each network. */
  readonly steps: number;
  /** Steps at which networks are looked at: every so many, or a list. */
  readonly record?: number | readonly number[];
  /** Loss to reach. */
  readonly target: number;
  readonly divergence?: number;
  /** What all arms have in common. */
  readonly common?: ArmOptions;
  readonly arms: readonly ArmConfig[];
  /** Arm that the others are compared with, by name; the first one by default. */
  readonly baseline?: string;
  /** Random initialisations of each arm, rounded up to whole blocks. */
  readonly samples?: number;
}

/** A way to initialise and train; lists multiply into several arms. */
export interface ArmConfig extends ArmOptions {
  /** Label in the tables; made of what varies when left out. */
  readonly name?: string;
}

export interface ArmOptions {
  readonly initializer?: ModelConfig | readonly ModelConfig[];
  readonly activation?: ModelConfig | readonly ModelConfig[];
  readonly optimizer?: OptimizerKind | readonly OptimizerKind[];
  /** Factor on every initial weight. */
  readonly scale?: AxisConfig;
  readonly biasStd?: AxisConfig;
  readonly beta?: AxisConfig;
  readonly learningRate?: AxisConfig;
  readonly momentum?: AxisConfig;
  readonly l2?: AxisConfig;
  readonly decay?: AxisConfig;
  readonly epsilon?: AxisConfig;
  readonly firstMoment?: AxisConfig;
  readonly secondMoment?: AxisConfig;
  readonly inflated?: AxisConfig;
  readonly inflation?: AxisConfig;
}

/** A sweep of any experiment. */
export type AnyConfig = SweepConfig | DepthConfig | TrainingConfig;

/** A claim; `onlyIf` completes "holds only if", and is given where an expectation shows a limit. */
export interface ClaimConfig {
  readonly id: string;
  readonly says: string;
  readonly because: string;
  readonly onlyIf?: string;
}

/** An expectation; see the guide. */
export interface ExpectConfig {
  readonly shows?: Shown;
  readonly table?: string;
  readonly statistic: string;
  readonly where?: string;
  readonly relation: Relation;
  readonly value?: number | string;
  readonly along?: string;
  /** In standard errors, 4 by default. */
  readonly tolerance?: number;
  readonly within?: number | string;
}

/** A precision to reach. Exactly one of `relative` and `absolute` is given. */
export interface PrecisionConfig {
  readonly statistic: string;
  /** Largest standard error as a share of |value|. */
  readonly relative?: number;
  /** Largest standard error, in the unit of the statistic. */
  readonly absolute?: number;
  /** The cells that must reach it: levels of the axes, by label or name where they are models; all, where an axis is left out. */
  readonly cells?: {
    readonly inputs?: string | readonly string[];
    readonly fanIn?: AxisConfig;
    readonly fanOut?: AxisConfig;
    readonly initializers?: string | readonly string[];
    readonly activations?: string | readonly string[];
    readonly beta?: AxisConfig;
  };
  /** Samples in each cell before the run may stop; `samples` by default. */
  readonly minSamples?: number;
  /** Samples in each cell, at most. */
  readonly maxSamples: number;
}
