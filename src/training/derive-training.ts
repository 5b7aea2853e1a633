import { deriveArms } from './derive-arms.ts';
import { deriveSteps } from './derive-steps.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Rows of a table: column-major over its columns, NaN for null. */
export interface TableRows {
  readonly values: Float64Array;
  readonly rows: number;
}

/** The records of one arm in block order; null where a block failed. */
export type ArmRecords = readonly (Float64Array | null)[];

/** Rows of `training.arrow` (TRAINING_COLUMNS) and `arms.arrow` (ARM_COLUMNS). */
export function deriveTraining(
  plan: TrainingPlan,
  recordsOf: (arm: number) => ArmRecords,
): { readonly training: TableRows; readonly arms: TableRows } {
  return { training: deriveSteps(plan, recordsOf), arms: deriveArms(plan, recordsOf) };
}
