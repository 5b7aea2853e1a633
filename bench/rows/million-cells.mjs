import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEstimates } from '../../dist/src/tables/estimate-reader.js';
import { initsweepPeak, runArguments, typed } from '../command.mjs';
import { figure } from '../row.mjs';

const FAN_INS = 50;
const SLOPES = 500;

/**
 * 5 inputs × 4 initializers × 2 activations over wide fan-in and slope axes.
 *
 * @param {number} fanIns
 */
function config(fanIns) {
  return `name: million-cells
seed: million-cells
fanIn: [${Array.from({ length: fanIns }, (_, i) => 4 + 3 * i).join(', ')}]
inputs: [normal, uniform, rademacher, laplace, exponential]
initializers: [standard_uniform, lecun_uniform, glorot_normal, he_normal]
activations: [logistic, tanh]
beta: { from: 0.1, to: 10, count: ${SLOPES}, scale: log }
samples: 65536
`;
}

/** @type {import('../row.mjs').Row} */
export const millionCells = {
  name: 'million-cells',
  title: 'peak memory, sweep of 1,000,000 cells, default threads',
  unit: 'MB',
  goal: { floor: 1500, aim: null, bound: 'most' },
  measure({ quick, folder }) {
    const fanIns = quick ? 1 : FAN_INS;
    const cells = fanIns * 5 * 4 * 2 * SLOPES;
    const path = join(folder, 'million-cells.yaml');
    writeFileSync(path, config(fanIns));
    const out = join(folder, 'million-cells');
    const args = runArguments(path, out);
    const { peak, seconds } = initsweepPeak(args, folder);
    const table = readEstimates(join(out, 'estimates.arrow'));
    const variances = table.numbers('z_var');
    const right = table.rows === cells && variances.every((value) => value > 0);
    rmSync(out, { recursive: true });
    return Promise.resolve({
      commands: [typed(args, folder)],
      values: [peak / 1e6],
      notes: [`whole process ${figure(seconds)} s`],
      answers: [{ what: `${table.rows.toLocaleString('en')} cells, each with a variance`, right }],
      ...(quick ? { unjudged: `quick: ${cells.toLocaleString('en')} cells` } : {}),
    });
  },
};
