import { exampleSize, type TrainingSpec } from '../model/training-spec.ts';
import type { Problem } from './problems.ts';
import { didYouMean } from './suggest.ts';

/** Rows of `training.arrow` of one arm, and doubles behind one pass, at most. */
const LOOK_LIMIT = 20_000;
const PASS_LIMIT = 2 ** 25;
/** Blocks are simulated, kept and retried whole. */
const REPLICATE_LIMIT = 1024;

/** What is wrong with checked keys put together. */
export function trainingProblems(spec: TrainingSpec): readonly Problem[] {
  return [...sizeProblems(spec), ...outputProblems(spec), ...stepProblems(spec), ...baselineProblems(spec)];
}

function sizeProblems({ data, network, record, samples, blocks }: TrainingSpec): Problem[] {
  const problems: Problem[] = [];
  const rows = record.length * (network.hidden.length + 1);
  if (rows > LOOK_LIMIT)
    problems.push({
      path: ['record'],
      received: `${record.length} looks at ${network.hidden.length + 1} layers`,
      allowed: `at most ${LOOK_LIMIT} rows an arm`,
      remedy: 'look less often',
    });
  const size = exampleSize(data);
  const doubles = size.rows * network.hidden.reduce((sum, units) => sum + units, size.inputs);
  if (doubles > PASS_LIMIT)
    problems.push({
      path: ['network', 'hidden'],
      received: `${doubles} values in a pass over all examples`,
      allowed: `at most ${PASS_LIMIT}`,
      remedy: 'use fewer examples or units',
    });
  if (blocks > samples)
    problems.push({
      path: ['blocks'],
      received: `${blocks} blocks for ${samples} samples`,
      allowed: 'at most one block a sample',
    });
  else if (samples / blocks > REPLICATE_LIMIT)
    problems.push({
      path: ['blocks'],
      received: `${blocks} blocks for ${samples} samples`,
      allowed: `at most ${REPLICATE_LIMIT} samples a block`,
      remedy: `use blocks: ${Math.ceil(samples / REPLICATE_LIMIT)} or more`,
    });
  return problems;
}

function outputProblems({ data, network, loss, batch }: TrainingSpec): Problem[] {
  const { classes, rows } = exampleSize(data);
  const { output } = network;
  const problems: Problem[] = [];
  const refuse = (allowed: string, remedy: string) =>
    problems.push({ path: ['network', 'output'], received: output, allowed, remedy });
  if (classes === 0 && output !== 'identity') refuse('identity, as the target is a value', 'or use labels: classes');
  else if (loss === 'cross_entropy' && output === 'identity')
    refuse('logistic or softmax with cross_entropy', 'or use loss: mse');
  else if (loss === 'mse' && output === 'softmax')
    refuse('logistic or identity with mse', 'or use loss: cross_entropy');
  else if (loss === 'cross_entropy' && output === 'logistic' && classes > 2)
    refuse('softmax, as there are more than two classes', '');
  if (batch !== 'full' && batch > rows)
    problems.push({ path: ['batch'], received: `${batch} examples`, allowed: `at most all ${rows}, or full` });
  return problems;
}

function stepProblems({ record, steps }: TrainingSpec): Problem[] {
  const beyond = record.find((step) => step > steps);
  if (beyond === undefined) return [];
  return [{ path: ['record'], received: `step ${beyond}`, allowed: `steps 0 … ${steps}` }];
}

function baselineProblems({ arms, baseline }: TrainingSpec): Problem[] {
  const names = arms.map(({ name }) => name);
  if (names.includes(baseline)) return [];
  const remedy = didYouMean(baseline, names);
  const shown = names.slice(0, 20).join('; ');
  return [
    {
      path: ['baseline'],
      received: JSON.stringify(baseline),
      allowed: `one of the arms: ${shown}${names.length > 20 ? '; …' : ''}`,
      ...(remedy === undefined ? {} : { remedy }),
    },
  ];
}
