import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DataAccess } from '../../src/config/data/dataset.ts';
import { readDocument } from '../../src/config/document.ts';
import { problemsOf } from '../../src/config/issues.ts';
import type { Problem } from '../../src/config/problems.ts';
import { resolveTraining } from '../../src/config/resolve-training.ts';
import { trainingSchema } from '../../src/config/training-schema.ts';
import type { EstimateColumn, TableRows } from '../../src/stats/estimate-column.ts';
import { deriveTraining } from '../../src/training/derive-training.ts';
import { simulateArm } from '../../src/training/simulate-arm.ts';
import { ARM_COLUMNS, TRAINING_COLUMNS } from '../../src/training/training-columns.ts';
import { planTraining, type TrainingPlan } from '../../src/training/training-plan.ts';

/** A config as text or object, read as far as it goes. */
export async function readTraining(config: unknown, directory = 'configs') {
  const value = typeof config === 'string' ? readDocument(config).value : config;
  const parsed = trainingSchema().safeParse(value);
  const access: DataAccess = { directory, readArrow: null };
  const none = { spec: null, datasets: new Map<string, Float32Array>() };
  if (!parsed.success) return { ...none, problems: problemsOf(parsed.error.issues, value) as readonly Problem[] };
  return resolveTraining(parsed.data, access);
}

/** The plan of a config that has to be right. */
export async function trainingPlan(config: unknown, directory?: string): Promise<TrainingPlan> {
  const { spec, datasets, problems } = await readTraining(config, directory);
  if (spec === null || problems.length > 0) throw new Error(JSON.stringify(problems));
  return planTraining(spec, datasets);
}

export const shippedPlan = (path: string): Promise<TrainingPlan> =>
  trainingPlan(readFileSync(path, 'utf8'), dirname(path));

/** Rows by column name; labels stay indices. */
function namedRows({ values, rows }: TableRows, columns: readonly EstimateColumn[]): Record<string, number>[] {
  return Array.from({ length: rows }, (_, r) =>
    Object.fromEntries(columns.map(({ name }, c) => [name, values[c * rows + r] as number])),
  );
}

/** An experiment in this thread. @param blocks of them are simulated, and the others left out, as if they had failed */
export function runTraining(plan: TrainingPlan, blocks = plan.blocks) {
  const records = plan.arms.map((_, arm) =>
    Array.from({ length: blocks }, (_, block) => simulateArm(plan, { arm, block }, () => {})),
  );
  const { training, arms } = deriveTraining(plan, (arm) => records[arm] ?? []);
  const label = (row: Record<string, number>) => plan.arms[row['arm'] ?? -1]?.label;
  const armRows = namedRows(arms, ARM_COLUMNS);
  const steps = namedRows(training, TRAINING_COLUMNS);
  return {
    records,
    arms: armRows,
    steps,
    arm: (name: string) => armRows.find((row) => label(row) === name) ?? {},
    of: (name: string) => steps.filter((row) => label(row) === name),
  };
}
