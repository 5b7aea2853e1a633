import type { TrainingSpec } from '../model/training-spec.ts';

/**
 * The record of (arm, block): plain doubles, none of them NaN.
 *
 * 1. One row a replicate: {@link OUTCOMES}, then the first step with a non-zero gradient of each layer (−1: none).
 * 2. One row a recorded step, of sums over the replicates that were finite then: {@link STEP_SUMS}, then {@link LAYER_SUMS} of
 *    each layer.
 */
export const OUTCOMES = {
  /** First step with a loss at most the target; −1 where it was never reached. */
  reached: 0,
  /** Loss at the end; Infinity where it is not finite. */
  finalLoss: 1,
  /** 1 where it diverged, else 0. */
  diverged: 2,
  /** Share of right answers at the end. */
  accuracy: 3,
  /** Share of the steps after which the loss was higher than before. */
  rises: 4,
} as const;

export const OUTCOME_COUNT = 5;

export const STEP_SUMS = { finite: 0, loss: 1, accuracy: 2 } as const;

const STEP_SUM_COUNT = 3;

/** Sums by layer, in the order of their places. */
export const LAYER_SUMS = [
  'gradient_norm',
  'weight_change',
  'saturated',
  'unit_spread',
  'rank',
  'gradient_inflated',
  'gradient_others',
  'change_inflated',
  'change_others',
  'saturated_inflated',
  'saturated_others',
] as const;

export type LayerSum = (typeof LAYER_SUMS)[number];

/** The records of one arm in block order; null where a block failed. */
export type ArmRecords = readonly (Float64Array | null)[];

/** Where things stand in a record. */
export interface RecordLayout {
  readonly replicates: number;
  readonly layers: number;
  /** Doubles of one replicate's row, and of one step's. */
  readonly outcome: number;
  readonly step: number;
  readonly steps: number;
  readonly length: number;
}

/** What the layout of a plan's records depends on. */
export interface Recorded {
  readonly spec: Pick<TrainingSpec, 'record'>;
  /** Replicates of a block. */
  readonly blockSamples: number;
  readonly layers: readonly unknown[];
}

export function recordLayout({ blockSamples: replicates, layers, spec }: Recorded): RecordLayout {
  const outcome = OUTCOME_COUNT + layers.length;
  const step = STEP_SUM_COUNT + layers.length * LAYER_SUMS.length;
  const steps = spec.record.length;
  return { replicates, layers: layers.length, outcome, step, steps, length: replicates * outcome + steps * step };
}

/** Doubles of a record; the same for every arm. */
export function armRecordLength(plan: Recorded): number {
  return recordLayout(plan).length;
}

/** Place of an outcome of a replicate; from {@link OUTCOME_COUNT} on, the first gradient step by layer. */
export const outcomeAt = ({ outcome }: RecordLayout, replicate: number, which: number): number =>
  replicate * outcome + which;

/** Place of a sum at recorded step `step`. */
export const stepAt = ({ replicates, outcome, step: width }: RecordLayout, step: number, which: number): number =>
  replicates * outcome + step * width + which;

/** Place of the first sum of a layer at recorded step `step`. */
export const layerAt = (layout: RecordLayout, step: number, layer: number): number =>
  stepAt(layout, step, STEP_SUM_COUNT + layer * LAYER_SUMS.length);
