import { type LoadedSweep, parseSweep } from '../../src/config/load.ts';
import { ConfigError } from '../../src/errors.ts';
import type { SweepSpec } from '../../src/model/spec.ts';
import { layerSweep } from './layer-sweep.ts';

/** The keys of a config. */
export const CONFIG_KEYS = [
  'name',
  'seed',
  'fanIn',
  'fanOut',
  'inputs',
  'initializers',
  'activations',
  'beta',
  'samples',
  'blocks',
  'saturation',
  'precision',
];

/** A small valid config; `changes` replace whole lines by key, or remove them (null). */
export function configText(changes: Readonly<Record<string, string | null>> = {}): string {
  const lines: Record<string, string | null> = {
    name: 'small',
    fanIn: '[1, 16]',
    inputs: '[normal]',
    initializers: '[standard_uniform]',
    activations: '[logistic]',
    ...changes,
  };
  return Object.entries(lines)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

export const parse = async (text: string, directory = '/nowhere'): Promise<LoadedSweep<SweepSpec>> =>
  layerSweep(await parseSweep(text, { file: 'sweep.yaml', directory }));

/** The message of the ConfigError that a config leads to; '' when it is accepted. Other errors pass through. */
export async function complaint(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
