import * as z from 'zod';
import { ACTIVATIONS } from '../model/activations.ts';
import { INITIALIZERS } from '../model/initializers.ts';
import type { ModelSpec } from '../model/spec.ts';
import { betaAxis, fanInAxis, fanOutAxis } from './axis-schema.ts';
import { claimField, expectField } from './expect-schema.ts';
import { numberField, say, strict } from './fields.ts';
import { inputList } from './input-schema.ts';
import { modelList, type Registry, type RegistryEntry } from './model-schema.ts';
import { precisionField } from './precision-schema.ts';
import { BLOCKS_DOMAIN, DEFAULT_SAMPLES, SAMPLES_DOMAIN } from './sample-size.ts';

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const NAME_TEXT = '1 to 64 letters, digits, ".", "_" or "-", not starting with "."';

// Compiling a parser pays off after many inputs; a config is read once.
z.config({ jitless: true });

const plainModels = (noun: string, entries: readonly RegistryEntry[], doc: string): z.ZodType<readonly ModelSpec[]> => {
  const registry: Registry<RegistryEntry, ModelSpec> = {
    noun,
    entries,
    keys: () => ({}),
    build: (_, model) => model,
    problem: () => null,
  };
  return modelList(registry, doc);
};

const SEED_TEXT = say('a string or an integer');

/** The seed is a label: any text; integers stand for their digits. */
const seed = () =>
  z
    .union([z.string(), z.int({ error: SEED_TEXT }).transform(String)], { error: SEED_TEXT })
    .default('initsweep')
    .describe('Any text; the same seed gives the same bytes');

/** Every key of a config. Built once a process, on first use: it takes a few milliseconds. */
function build() {
  return strict(
    {
      $schema: z.string().optional().describe('For editors; ignored'),
      name: z
        .string({ error: say(NAME_TEXT, 'put numbers in quotes') })
        .regex(NAME, { error: say(NAME_TEXT) })
        .describe('Names the run and its directory'),
      seed: seed(),
      experiment: z
        .literal('layer', { error: say('layer', 'other experiments are not supported by this version') })
        .default('layer')
        .describe('What is simulated: one layer'),
      fanIn: fanInAxis(),
      fanOut: fanOutAxis().default('fanIn'),
      inputs: inputList(),
      initializers: plainModels('initializer', INITIALIZERS, 'Weight rules'),
      activations: plainModels('activation', ACTIVATIONS, 'Activation functions g'),
      beta: betaAxis().default([1]),
      samples: numberField(SAMPLES_DOMAIN)
        .default(DEFAULT_SAMPLES)
        .describe('Pre-activations for each cell, rounded up to whole blocks'),
      blocks: numberField(BLOCKS_DOMAIN)
        .optional()
        .describe('Independent parts behind the standard errors; 64, or more where a block would be too large'),
      saturation: numberField({ exclusiveMin: 0, exclusiveMax: 1 })
        .default(0.1)
        .describe('A unit counts as saturated where |derivative| is under this share of its maximum'),
      precision: precisionField().optional(),
      claim: claimField().optional(),
      expect: expectField().optional(),
    },
    'a sweep',
  );
}

export type SweepSchema = ReturnType<typeof build>;

let schema: SweepSchema | undefined;

export function sweepSchema(): SweepSchema {
  schema ??= build();
  return schema;
}
