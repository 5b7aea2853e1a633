import { createHash } from 'node:crypto';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import { type Activation, resolveActivation } from '../model/activations.ts';
import { type ResolvedInitializer, resolveInitializer } from '../model/initializers.ts';
import type { Datasets } from '../model/spec.ts';
import { type ArmSpec, exampleSize, type TrainingSpec } from '../model/training-spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { type Layer, layersOf } from './network.ts';

/** One arm with its names resolved. */
export interface Arm {
  readonly spec: ArmSpec;
  readonly label: string;
  readonly initializer: ResolvedInitializer;
  readonly activation: Activation;
  /** Units of each hidden layer, the first ones, whose incoming weights are multiplied by `inflation`. */
  readonly inflatedUnits: readonly number[];
}

/** Everything about a training experiment that is fixed before it runs: the same config gives the same plan on every machine. */
export interface TrainingPlan {
  readonly spec: TrainingSpec;
  /** SHA-256 of the canonical spec and the kernel version: the identity of a run's results. */
  readonly hash: string;
  /** SHA-256 of all that a record depends on besides its position and block: the same for runs that differ in the number of blocks. */
  readonly draws: string;
  readonly blocks: number;
  /** Random initialisations of each arm in one block. */
  readonly replicates: number;
  readonly datasets: Datasets;
  readonly layers: readonly Layer[];
  readonly outputs: number;
  /** Number of classes; 0 where the target is a value. */
  readonly classes: number;
  readonly rows: number;
  readonly arms: readonly Arm[];
  /** Position of the arm that the others are compared with. */
  readonly baseline: number;
}

export function planTraining(spec: TrainingSpec, datasets: Datasets = new Map()): TrainingPlan {
  const { rows, inputs, classes } = exampleSize(spec.data);
  const outputs = outputCount(spec);
  const replicates = Math.ceil(spec.samples / spec.blocks);
  const arms = spec.arms.map((arm) => ({
    spec: arm,
    label: arm.name,
    initializer: resolveInitializer(arm.initializer),
    activation: resolveActivation(arm.activation),
    inflatedUnits: spec.network.hidden.map((units) => Math.round(arm.inflated * units)),
  }));
  const { samples, blocks, name, ...rest } = spec;
  return {
    spec,
    hash: digest({ spec, kernel: KERNEL_VERSION }),
    draws: digest({ spec: rest, replicates, kernel: KERNEL_VERSION }),
    blocks,
    replicates,
    datasets,
    layers: layersOf([inputs, ...spec.network.hidden, outputs]),
    outputs,
    classes,
    rows,
    arms,
    baseline: spec.arms.findIndex(({ name: own }) => own === spec.baseline),
  };
}

/** Output units: one for a value or for two classes, unless softmax has one for each class. */
export function outputCount({ data, network }: Pick<TrainingSpec, 'data' | 'network'>): number {
  const { classes } = exampleSize(data);
  return classes > 2 || (classes === 2 && network.output === 'softmax') ? classes : 1;
}

function digest(identity: object): string {
  return createHash('sha256').update(canonicalJson(identity)).digest('hex');
}

/** Labels of the levels, as the tables' dictionaries hold them. */
export function trainingLabels({
  arms,
}: TrainingPlan): Record<'arm' | 'initializer' | 'activation', readonly string[]> {
  const distinct = (labels: readonly string[]) => [...new Set(labels)];
  return {
    arm: arms.map(({ label }) => label),
    initializer: distinct(arms.map(({ initializer }) => initializer.label)),
    activation: distinct(arms.map(({ activation }) => activation.label)),
  };
}
