import { exampleSize, outputCount, type TrainingSpec } from '../model/training-spec.ts';
import type { Problem } from './problems.ts';
import { didYouMean } from './suggest.ts';

/** Rows of `training.arrow` of one arm, and doubles behind one pass, at most. */
const LOOK_LIMIT = 20_000;
const PASS_LIMIT = 2 ** 25;
/** Blocks are simulated, kept and retried whole. */
const REPLICATE_LIMIT = 1024;
/** Bytes of all records, which are held in memory together. */
const RECORD_LIMIT = 2 ** 30;
/** Doubles of a record (src/training/arm-record.ts) for each layer of a network, and for each layer at a look, at most. */
const NETWORK_DOUBLES = 6;
const LOOK_DOUBLES = 14;

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
  const doubles =
    size.rows * network.hidden.reduce((sum, units) => sum + units, size.inputs + outputCount({ data, network }));
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

/** What is asked of a config alone: a run may be extended beyond. */
export function recordProblems({ network, arms, record, samples, blocks }: TrainingSpec): Problem[] {
  const layers = network.hidden.length + 1;
  const networks = 8 * arms.length * blocks * Math.ceil(samples / blocks) * layers * NETWORK_DOUBLES;
  const looks = 8 * arms.length * blocks * record.length * layers * LOOK_DOUBLES;
  if (networks + looks <= RECORD_LIMIT) return [];
  return [
    {
      path: [looks > networks ? 'record' : 'samples'],
      received: `${arms.length} arms of ${samples} networks in ${blocks} blocks, looked at ${record.length} times: ${Math.ceil((networks + looks) / 2 ** 20)} MiB`,
      allowed: `at most ${RECORD_LIMIT / 2 ** 20} MiB of records`,
      remedy: looks > networks ? 'look less often, or use fewer blocks or arms' : 'use fewer samples or arms',
    },
  ];
}

function outputProblems({ data, network, loss, batch }: TrainingSpec): Problem[] {
  const { classes, rows } = exampleSize(data);
  const { output } = network;
  const problems: Problem[] = [];
  if (classes === 0 && loss !== 'mse')
    problems.push({
      path: ['loss'],
      received: loss,
      allowed: 'mse, as the target is a value',
      remedy: 'add loss: mse, or use labels: classes',
    });
  const refuse = (allowed: string, remedy: string) =>
    problems.push({ path: ['network', 'output'], received: output, allowed, remedy });
  if (classes === 0 && output !== 'identity') refuse('identity, as the target is a value', 'or use labels: classes');
  else if (classes > 0 && loss === 'cross_entropy' && output === 'identity')
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
