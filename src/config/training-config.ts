import type { ExperimentConfig } from './experiment-config.ts';
import { isTraining } from './is-training.ts';
import { resolveTraining } from './resolve-training.ts';
import { trainingSchema } from './training-schema.ts';

/** How configs of the training experiment are read. */
export const TRAINING_CONFIG: ExperimentConfig = {
  schema: trainingSchema,
  resolve: resolveTraining,
  isSweep: isTraining,
};
