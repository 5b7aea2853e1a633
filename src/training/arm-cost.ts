import type { Arm, TrainingPlan } from './training-plan.ts';

// Nanoseconds as once measured; only their ratios matter for cutting tasks, and `plan` scales them by a quick calibration.

/** One multiplication and addition of the three products of a layer. */
const PRODUCT = 0.7;
/** One value and derivative of an activation. */
const ACTIVATION = 14;
/** One parameter of one update. */
const UPDATE = { sgd: 1.5, adam: 8, adamw: 8 } as const;
/** One multiplication of a rotation of the singular values, and the sweeps that they take. */
const ROTATION = 1.5;
const SWEEPS = 8;

/** Nanoseconds of one block of an arm. */
export function armCost({ spec, layers, rows, blockSamples }: TrainingPlan, { spec: arm }: Arm): number {
  const weights = layers.reduce((sum, { fanIn, fanOut }) => sum + fanIn * fanOut, 0);
  const units = layers.reduce((sum, { fanOut }) => sum + fanOut, 0);
  const pass = (examples: number) => examples * (3 * weights * PRODUCT + units * ACTIVATION);
  const ranks = layers.reduce(
    (sum, { fanIn, fanOut }) => sum + SWEEPS * ROTATION * Math.min(fanIn, fanOut) ** 2 * 5 * Math.max(fanIn, fanOut),
    0,
  );
  const step = pass(spec.batch === 'full' ? rows : spec.batch) + weights * UPDATE[arm.optimizer];
  const look = ranks + (spec.batch === 'full' ? 0 : pass(rows));
  return blockSamples * (spec.steps * step + spec.record.length * look);
}
