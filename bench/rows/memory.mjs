import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEstimates } from '../../dist/src/tables/estimate-reader.js';
import { initsweepPeak, runArguments, shipped, typed } from '../command.mjs';
import { againstTheory, REFERENCE_CELLS } from '../reference.mjs';
import { figure, interleave } from '../row.mjs';
import { median } from '../verdict.mjs';

const MEGA = 1e6;

/** @type {import('../row.mjs').Row} */
export const referenceMemory = {
  name: 'memory',
  title: 'peak memory, reference, one thread',
  unit: 'MB',
  goal: { floor: 200, aim: 130, bound: 'most' },
  async measure({ quick, folder }) {
    const out = join(folder, 'memory');
    const args = runArguments(shipped('reference'), out, { threads: 1 });
    const [values = []] = await interleave(quick ? 1 : 5, [() => initsweepPeak(args, folder).peak / MEGA]);
    return { commands: [typed(args, folder)], values, answers: againstTheory(out, REFERENCE_CELLS) };
  },
};

/** @type {import('../row.mjs').Row} */
export const flatMemory = {
  name: 'memory-flat',
  title: 'peak memory when samples grow 16-fold, reference, 2 threads',
  unit: '× the memory',
  goal: { floor: 1.2, aim: null, bound: 'most' },
  async measure({ quick, folder }) {
    const out = join(folder, 'memory-flat');
    const sizes = quick ? [2 ** 17, 2 ** 21] : [2 ** 18, 2 ** 22];
    const sweeps = sizes.map((samples) => runArguments(shipped('reference'), out, { threads: 2, samples }));
    const [few = [], many = []] = await interleave(
      quick ? 2 : 3,
      sweeps.map((args) => () => initsweepPeak(args, folder).peak / MEGA),
    );
    return {
      commands: sweeps.map((args) => typed(args, folder)),
      values: many.map((peak, round) => peak / (few[round] ?? Number.NaN)),
      notes: [`${figure(median(few))} MB and ${figure(median(many))} MB`],
      answers: againstTheory(out, REFERENCE_CELLS),
    };
  },
};

const INPUTS = ['normal', 'uniform', 'rademacher', 'laplace', 'exponential'];

/**
 * 5 weight shapes × the inputs, 4,096 blocks of 64 samples each.
 *
 * @param {readonly string[]} inputs
 */
function manyBlocks(inputs) {
  return `name: many-blocks
seed: many-blocks
fanIn: [1, 4]
inputs: [${inputs.join(', ')}]
initializers: [standard_uniform, he_normal, glorot_truncated_normal, orthogonal, { kind: sign, std: 1 }]
activations: [logistic]
samples: 262144
blocks: 4096
`;
}

/**
 * By the least of the rounds: what garbage waits for its collection differs by tens of megabytes from run to run, of either sweep.
 *
 * @type {import('../row.mjs').Row}
 */
export const blocksMemory = {
  name: 'memory-blocks',
  title: 'peak memory when blocks grow from 20,480 to 102,400, 2 threads',
  unit: '× the memory',
  goal: { floor: 1.2, aim: null, bound: 'most' },
  async measure({ quick, folder }) {
    const sweeps = [INPUTS.slice(0, 1), INPUTS].map((inputs) => {
      const [config, out] = [`blocks-${inputs.length}.yaml`, `blocks-${inputs.length}`].map((name) =>
        join(folder, name),
      );
      writeFileSync(config ?? '', manyBlocks(inputs));
      return { out: out ?? '', args: runArguments(config ?? '', out ?? '', { threads: 2 }), cells: 10 * inputs.length };
    });
    const [few = [], many = []] = await interleave(
      quick ? 1 : 5,
      sweeps.map(
        ({ args }) =>
          () =>
            initsweepPeak(args, folder).peak / MEGA,
      ),
    );
    const answers = sweeps.map(({ out, cells }) => {
      const blocks = readEstimates(join(out, 'estimates.arrow')).numbers('blocks');
      return {
        what: `${cells} cells of 4,096 blocks`,
        right: blocks.length === cells && blocks.every((n) => n === 4096),
      };
    });
    return {
      commands: sweeps.map(({ args }) => typed(args, folder)),
      values: [Math.min(...many) / Math.min(...few)],
      notes: [`least of ${few.length} rounds: ${range(few)} MB and ${range(many)} MB`],
      answers,
    };
  },
};

/** @param {readonly number[]} peaks */
const range = (peaks) => `${figure(Math.min(...peaks))} (to ${figure(Math.max(...peaks))})`;
