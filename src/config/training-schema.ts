import * as z from 'zod';
import { ACTIVATIONS } from '../model/activations.ts';
import { INITIALIZERS } from '../model/initializers.ts';
import type { ModelSpec } from '../model/spec.ts';
import { OPTIMIZERS, OUTPUTS } from '../model/training-spec.ts';
import { axis } from './axis-schema.ts';
import { examplesField } from './examples-schema.ts';
import { claimField, expectField } from './expect-schema.ts';
import { saturationField } from './experiment-fields.ts';
import { type NumberDomain, numberField, say, strict } from './fields.ts';
import { modelList, type RegistryEntry } from './model-schema.ts';
import { runKeys } from './run-keys.ts';
import { BLOCKS_DOMAIN } from './sample-size.ts';

/** Labels in tables and `where` expressions. */
const ARM_NAME = /^[^\p{C}"'\s][^\p{C}"']{0,79}$/u;

const models = (noun: string, entries: readonly RegistryEntry[], doc: string): z.ZodType<readonly ModelSpec[]> =>
  modelList({ noun, entries, keys: () => ({}), build: (_: RegistryEntry, model) => model, problem: () => null }, doc);

const POSITIVE: NumberDomain = { exclusiveMin: 0, max: 1e12 };
const SHARE: NumberDomain = { min: 0, max: 1 };
/** Rates of forgetting, and momentum. */
const BELOW_ONE: NumberDomain = { min: 0, exclusiveMax: 1 };
const PENALTY: NumberDomain = { min: 0, max: 1e12 };

/** The numbers of an arm: their domain, default and documentation. `learningRate` has no default. */
export const ARM_NUMBERS = {
  scale: { domain: POSITIVE, default: 1, doc: 'Factor on every initial weight' },
  biasStd: { domain: PENALTY, default: 0, doc: 'Standard deviation of the normal initial biases' },
  beta: { domain: POSITIVE, default: 1, doc: 'Slope β of g(βz) in every unit, the output included' },
  learningRate: { domain: POSITIVE, default: null, doc: 'Learning rate η' },
  momentum: { domain: BELOW_ONE, default: 0, doc: 'Momentum of sgd' },
  l2: { domain: PENALTY, default: 0, doc: 'λ of the penalty λ/2·‖θ‖² on all weights and biases' },
  decay: { domain: PENALTY, default: 0, doc: 'Weight decay of adamw' },
  epsilon: { domain: POSITIVE, default: 1e-8, doc: 'ε of adam and adamw' },
  firstMoment: { domain: BELOW_ONE, default: 0.9, doc: 'Rate at which adam and adamw forget the first moment' },
  secondMoment: { domain: BELOW_ONE, default: 0.999, doc: 'Rate at which adam and adamw forget the second moment' },
  inflated: { domain: SHARE, default: 0, doc: 'Share of the units of each hidden layer whose weights are inflated' },
  inflation: { domain: POSITIVE, default: 1, doc: 'Factor on the initial weights of the inflated units' },
} as const satisfies Record<string, { domain: NumberDomain; default: number | null; doc: string }>;

export type ArmNumber = keyof typeof ARM_NUMBERS;

const optimizers = () => {
  const one = z.enum(OPTIMIZERS, { error: say(OPTIMIZERS.join(', ')) });
  const error = say(`${OPTIMIZERS.join(', ')}, or a list of them`);
  return z
    .union([one.transform((name) => [name]), z.array(one, { error }).min(1, { error })], { error })
    .describe('Rule of the updates');
};

/** What an arm may say; lists multiply into several arms. All is optional: what is left out comes from `common` or a default. */
const armKeys = () => ({
  initializer: models('initializer', INITIALIZERS, 'Weight rule').optional(),
  activation: models('activation', ACTIVATIONS, 'Activation of the hidden units').optional(),
  optimizer: optimizers().optional(),
  ...(Object.fromEntries(
    Object.entries(ARM_NUMBERS).map(([name, { domain, doc }]) => [name, axis(domain, doc).optional()]),
  ) as Record<ArmNumber, z.ZodOptional<z.ZodType<readonly number[]>>>),
});

const arm = (keys: ReturnType<typeof armKeys>) =>
  strict(
    {
      name: z
        .string({ error: say('a name of at most 80 characters') })
        .regex(ARM_NAME, { error: say('a name of at most 80 characters, without quotes or control characters') })
        .optional()
        .describe('Label in the tables; made of what varies when left out'),
      ...keys,
    },
    'an arm',
  );

const network = () =>
  strict(
    {
      hidden: z
        .array(numberField({ integer: true, min: 1, max: 1024 }), { error: say('a list of widths, such as [16, 16]') })
        .max(16, { error: say('at most 16 hidden layers') })
        .describe('Units of each hidden layer; []: a linear model'),
      output: z
        .enum(OUTPUTS, { error: say(OUTPUTS.join(', ')) })
        .optional()
        .describe(
          'Output units; default: identity for values, softmax for more than two classes with cross_entropy, else logistic',
        ),
    },
    'a network',
  );

const record = () => {
  const step = numberField({ integer: true, min: 0, max: 1e6 });
  const error = say('a number of steps between two looks, or a list of steps');
  return z
    .union([numberField({ integer: true, min: 1, max: 1e6 }), z.array(step, { error }).min(1, { error })], { error })
    .optional()
    .describe('Steps at which the network is looked at: every so many, or a list; default: about 50 looks');
};

/** The keys that a training experiment has besides $schema, name and seed. Built once a process, on first use. */
export const trainingKeys = (keys = armKeys()) => ({
  experiment: z.literal('training', { error: say('training') }).describe('What is simulated: networks being trained'),
  data: examplesField(),
  network: network().describe('Multi-layer perceptron'),
  loss: z
    .enum(['cross_entropy', 'mse'], { error: say('cross_entropy, mse') })
    .default('cross_entropy')
    .describe('Loss: mean over examples of −Σ y ln p, or of ½ Σ (o − y)²'),
  batch: z
    .union([z.literal('full'), numberField({ integer: true, min: 1, max: 1e6 })], {
      error: say('full, or a number of examples'),
    })
    .default('full')
    .describe('Examples of a step'),
  steps: numberField({ integer: true, min: 1, max: 1e6 }).describe('Updates of each network'),
  record: record(),
  target: numberField({ min: 0, max: 1e12 }).describe('Loss to reach'),
  divergence: numberField({ min: 1, max: 1e12 })
    .default(1.5)
    .describe('Diverged: ended above this multiple of the larger of the initial loss and that of zero weights'),
  saturation: saturationField(),
  common: strict(keys, 'what arms have in common').optional().describe('What all arms have in common'),
  arms: z
    .array(arm(keys), { error: say('a list of arms') })
    .min(1, { error: say('at least one arm') })
    .describe('Ways to initialise and train; lists inside an arm multiply'),
  baseline: z
    .string({ error: say('the name of an arm') })
    .optional()
    .describe('Arm that the others are compared with; the first one by default'),
  samples: numberField({ integer: true, min: BLOCKS_DOMAIN.min as number, max: 1e6 })
    .default(128)
    .describe('Random initialisations of each arm, rounded up to whole blocks'),
  blocks: numberField(BLOCKS_DOMAIN)
    .default(BLOCKS_DOMAIN.min as number)
    .describe('Independent parts behind the standard errors'),
  claim: claimField().optional(),
  expect: expectField().optional(),
});

function build() {
  return strict({ ...runKeys(), ...trainingKeys() }, 'a training experiment');
}

export type TrainingSchema = ReturnType<typeof build>;
/** A checked config as the schema reads it. */
export type ParsedTraining = ReturnType<TrainingSchema['parse']>;

let schema: TrainingSchema | undefined;

export function trainingSchema(): TrainingSchema {
  schema ??= build();
  return schema;
}
