import * as z from 'zod';
import { ACTIVATIONS } from '../model/activations.ts';
import { INITIALIZERS } from '../model/initializers.ts';
import { betaAxis, fanInAxis, fanOutAxis } from './axis-schema.ts';
import { claimField, expectField } from './expect-schema.ts';
import { plainModels, saturationField } from './experiment-fields.ts';
import { numberField, say, strict } from './fields.ts';
import { inputList } from './input-schema.ts';
import { precisionField } from './precision-schema.ts';
import { runKeys } from './run-keys.ts';
import { BLOCKS_DOMAIN, DEFAULT_SAMPLES, SAMPLES_DOMAIN } from './sample-size.ts';

// Compiling a parser pays off after many inputs; a config is read once.
z.config({ jitless: true });

/** Every key of a config. Built once a process, on first use: it takes a few milliseconds. */
function build() {
  return strict(
    {
      ...runKeys(),
      experiment: z
        .literal('layer', { error: say('layer, depth, training') })
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
      saturation: saturationField(),
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
