import { armCost } from '../training/arm-cost.ts';
import { armRecordLength } from '../training/arm-record.ts';
import { deriveTraining } from '../training/derive-training.ts';
import { simulateArm } from '../training/simulate-arm.ts';
import { ARM_COLUMNS, TRAINING_COLUMNS } from '../training/training-columns.ts';
import { type Arm, planTraining, type TrainingPlan, trainingLabels } from '../training/training-plan.ts';
import { vectorExperiment } from './vector-experiment.ts';

/** Networks that are trained: series are arms, at the one place that the examples give. */
export const TRAINING = vectorExperiment<TrainingPlan>({
  plan: planTraining,
  costOf: (plan, { shape }) => armCost(plan, plan.arms[shape] as Arm),
  lengthOf: armRecordLength,
  simulate: (_kernel, plan, { shape, block }, beat) => simulateArm(plan, { arm: shape, block }, beat),
  tables: [
    { name: 'training', columns: TRAINING_COLUMNS },
    { name: 'arms', columns: ARM_COLUMNS },
  ],
  labelsOf: trainingLabels,
  rowsPerUnit: ({ arms, layers, spec }) => [arms.length * layers.length * spec.record.length, arms.length],
  rowsOf: (plan, _unit, records) => {
    const { training, arms } = deriveTraining(plan, records);
    return [training, arms];
  },
});
