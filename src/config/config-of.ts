import type { Spec } from '../model/experiment-spec.ts';
import { DEPTH_CONFIG } from './depth-config.ts';
import type { ExperimentConfig } from './experiment-config.ts';
import { isLayerSweep } from './is-sweep.ts';
import { resolveSweep } from './resolve.ts';
import { sweepSchema } from './sweep-schema.ts';
import { TRAINING_CONFIG } from './training-config.ts';

const CONFIGS: Readonly<Record<Spec['experiment'], ExperimentConfig>> = {
  layer: { schema: sweepSchema, resolve: resolveSweep, isSweep: isLayerSweep },
  depth: DEPTH_CONFIG,
  training: TRAINING_CONFIG,
};

/** Names of the experiments. */
export const EXPERIMENTS = Object.keys(CONFIGS) as readonly Spec['experiment'][];

/** The experiment of a config or sweep that may be anything: what names none is one of the layer. */
export function experimentIn(value: unknown): Spec['experiment'] {
  const name = typeof value === 'object' && value !== null && 'experiment' in value ? value.experiment : undefined;
  return EXPERIMENTS.find((experiment) => experiment === name) ?? 'layer';
}

/** How a config is read that may be anything. */
export function configOf(value: unknown): ExperimentConfig {
  return CONFIGS[experimentIn(value)];
}

/**
 * Whether a value is a sweep as a config is read into one, so that whatever works on sweeps meets no other thing: the file of a run
 * may have been written by anybody.
 */
export function isSweep(value: unknown): value is Spec {
  return configOf(value).isSweep(value);
}
