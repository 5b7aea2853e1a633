import * as z from 'zod';
import { ACTIVATIONS } from '../model/activations.ts';
import { INITIALIZERS } from '../model/initializers.ts';
import { BATCH_STEP, LARGEST_BATCH, LARGEST_DEPTH, LARGEST_JACOBIAN, LARGEST_WIDTH } from '../model/network-limits.ts';
import { betaAxis, fanInAxis } from './axis-schema.ts';
import { claimField, expectField } from './expect-schema.ts';
import { plainModels, saturationField } from './experiment-fields.ts';
import { numberField, say, strict } from './fields.ts';
import { inputList } from './input-schema.ts';
import { runKeys } from './run-keys.ts';
import { BLOCKS_DOMAIN } from './sample-size.ts';

/** Networks of one cell, at most. */
const MOST_SAMPLES = 2 ** 24;
const BATCHES = `a multiple of ${BATCH_STEP} from ${BATCH_STEP} to ${LARGEST_BATCH}`;

/** Every key of a depth experiment. */
function build() {
  return strict(
    {
      ...runKeys(),
      experiment: z.literal('depth', { error: say('depth') }).describe('What is simulated: networks of many layers'),
      width: fanInAxis('Units of every layer, and inputs').refine(
        (widths) => widths.every((width) => width <= LARGEST_WIDTH),
        { error: say(`widths up to ${LARGEST_WIDTH}`) },
      ),
      depth: numberField({ integer: true, min: 1, max: LARGEST_DEPTH }).describe('Layers of weights'),
      inputs: inputList(),
      initializers: plainModels('initializer', INITIALIZERS, 'Weight rules'),
      activations: plainModels('activation', ACTIVATIONS, 'Activation functions g'),
      beta: betaAxis().default([1]),
      batch: z
        .int({ error: say(BATCHES) })
        .gt(0, { error: say(BATCHES) })
        .max(LARGEST_BATCH, { error: say(BATCHES) })
        .multipleOf(BATCH_STEP, { error: say(BATCHES) })
        .default(64)
        .describe(`Inputs that each network sees: ${BATCHES}; columns 2k and 2k + 1 are a pair`),
      correlation: numberField({ min: -1, max: 1 })
        .default(0)
        .describe('Correlation of the two inputs of a pair; other than 0 for inputs of mean 0 only'),
      biasStd: numberField({ min: 0, max: 1e6 })
        .default(0)
        .describe('Standard deviation of the biases, which are normal'),
      jacobian: z
        .boolean({ error: say('true, false') })
        .default(false)
        .describe(`Singular values of the derivative of the output in the input, for widths up to ${LARGEST_JACOBIAN}`),
      saturation: saturationField(),
      samples: numberField({ integer: true, min: 2, max: MOST_SAMPLES })
        .default(256)
        .describe('Random networks for each cell, rounded up to whole blocks'),
      blocks: numberField(BLOCKS_DOMAIN).default(32).describe('Independent parts behind the standard errors'),
      claim: claimField().optional(),
      expect: expectField().optional(),
    },
    'a depth experiment',
  );
}

export type DepthSchema = ReturnType<typeof build>;
/** A checked config as the schema reads it. */
export type ParsedDepth = ReturnType<DepthSchema['parse']>;

let schema: DepthSchema | undefined;

/** Built once a process, on first use. */
export function depthSchema(): DepthSchema {
  schema ??= build();
  return schema;
}
