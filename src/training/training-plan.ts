import { KERNEL_VERSION } from '../kernel/kernel.ts';
import { type Activation, resolveActivation } from '../model/activations.ts';
import { type ResolvedInitializer, resolveInitializer } from '../model/initializers.ts';
import type { Datasets } from '../model/spec.ts';
import { type ArmSpec, exampleSize, inflatedUnits, outputCount, type TrainingSpec } from '../model/training-spec.ts';
import { digest, type Plan } from '../sweep/plan.ts';
import { armRecordLength } from './arm-record.ts';
import { type Layer, layersOf } from './network.ts';

/** One arm with its names resolved. */
export interface Arm {
  readonly spec: ArmSpec;
  readonly label: string;
  readonly initializer: ResolvedInitializer;
  readonly activation: Activation;
  /** By hidden layer. */
  readonly inflatedUnits: readonly number[];
}

/** Everything about a training experiment that is fixed before it runs: the same config gives the same plan on every machine. */
export interface TrainingPlan extends Plan {
  readonly spec: TrainingSpec;
  /** Random initialisations of each arm in one block. */
  readonly blockSamples: number;
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
  const blockSamples = Math.ceil(spec.samples / spec.blocks);
  const layers = layersOf([inputs, ...spec.network.hidden, outputs]);
  const arms = spec.arms.map((arm) => ({
    spec: arm,
    label: arm.name,
    initializer: resolveInitializer(arm.initializer),
    activation: resolveActivation(arm.activation),
    inflatedUnits: inflatedUnits(arm, spec.network),
  }));
  const { samples, blocks, name, data, ...rest } = spec;
  // What is in a file decides, wherever it lies.
  const examples = data.kind === 'file' ? { ...data, file: null } : data;
  return {
    spec,
    hash: digest({ spec, kernel: KERNEL_VERSION }),
    draws: digest({ spec: { ...rest, data: examples }, blockSamples, kernel: KERNEL_VERSION }),
    grid: { inputs: [spec.data.kind], fanIns: [inputs], series: arms.map(({ label }) => label) },
    blocks,
    blockSamples,
    tallyRoom: 8 * armRecordLength({ spec, blockSamples, layers }) + 8,
    datasets,
    layers,
    outputs,
    classes,
    rows,
    arms,
    baseline: spec.arms.findIndex(({ name: own }) => own === spec.baseline),
  };
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
