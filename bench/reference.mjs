import { join } from 'node:path';
import { readEstimates } from '../dist/src/tables/estimate-reader.js';

/** @typedef {import('./row.mjs').Answer} Answer */

/** Cells of configs/reference.yaml: 13 fan-ins × 4 inputs × 4 initializers × 12 slopes. */
export const REFERENCE_CELLS = 2496;

/** Half-width a of U(−a, a) by initializer, of a neuron with n inputs. */
const BOUNDS = new Map([
  ['standard_uniform', (/** @type {number} */ n) => Math.sqrt(1 / n)],
  ['lecun_uniform', (/** @type {number} */ n) => Math.sqrt(3 / n)],
  ['he_uniform', (/** @type {number} */ n) => Math.sqrt(6 / n)],
  ['uniform', () => 1],
]);
const COMPARED = ['z_var', 'z_kurt', 'z_p01', 'z_p50', 'z_p99', 'a_mean', 'a_var', 'd_mean', 'd_sq_mean', 'saturated'];
/**
 * Standard errors from theory: 52 independent (input, fan-in) with 64 blocks or so; Student's t exceeds 6 there with
 * probability 1e-7, and the heavy tails at fan-in 1 leave a margin over 5.
 */
const FROM_THEORY = 6;
/**
 * Our standard errors from NumPy, whose own error is up to 1.3 times ours: 8 are 5 of the difference. The errors are estimates
 * from 64 blocks themselves, and the worst of some hundred independent comparisons meets a small one.
 */
const FROM_NUMPY = 8;

/**
 * `estimates.arrow` of a reference run with any slopes: E z = 0, Var z = n·a²/3 for inputs of mean 0 and variance 1, and
 * E 1/(1 + e^{−βz}) = 1/2 for a symmetric z.
 *
 * @param {string} directory
 * @param {number} cells expected
 * @returns {Answer[]}
 */
export function againstTheory(directory, cells) {
  const table = readEstimates(join(directory, 'estimates.arrow'));
  const [initializers, fanIns] = [table.labels('initializer'), table.numbers('fan_in')];
  const theory = (/** @type {number} */ i) => {
    const n = at(fanIns, i);
    const bound = BOUNDS.get(initializers[i] ?? '')?.(n) ?? Number.NaN;
    return (n * bound * bound) / 3;
  };
  return [
    { what: `${table.rows} cells`, right: table.rows === cells },
    withinErrors(table, 'z_mean', () => 0),
    withinErrors(table, 'z_var', theory),
    withinErrors(table, 'a_mean', () => 0.5),
  ];
}

/**
 * @param {import('../dist/src/tables/estimate-reader.js').EstimateTable} table
 * @param {string} statistic
 * @param {(row: number) => number} truth
 * @returns {Answer}
 */
function withinErrors(table, statistic, truth) {
  const [values, errors] = [table.numbers(statistic), table.numbers(`${statistic}_mcse`)];
  let worst = 0;
  for (let i = 0; i < table.rows; i++) {
    const distance = Math.abs(at(values, i) - truth(i)) / at(errors, i);
    if (!(distance <= worst)) worst = distance;
  }
  return { what: `${statistic} at most ${worst.toFixed(1)} standard errors from theory`, right: worst <= FROM_THEORY };
}

/**
 * The cells that the peer prints on standard error, statistic by statistic. One without a standard error (too rare, too heavy a
 * tail) isn't compared.
 *
 * @param {string} directory
 * @param {string} stderr of numpy_sweep.py
 * @returns {Answer[]}
 */
export function againstNumPy(directory, stderr) {
  const line = stderr.split('\n').find((text) => text.startsWith('{"check"')) ?? '{"check": []}';
  /** @type {{ input: string, initializer: string, fan_in: number, beta: number, [statistic: string]: unknown }[]} */
  const cells = JSON.parse(line).check;
  const table = readEstimates(join(directory, 'estimates.arrow'));
  const [inputs, initializers] = [table.labels('input'), table.labels('initializer')];
  const [fanIns, slopes] = [table.numbers('fan_in'), table.numbers('beta')];
  const rows = cells.map((cell) =>
    inputs.findIndex(
      (input, i) =>
        input === cell.input &&
        initializers[i] === cell.initializer &&
        fanIns[i] === cell.fan_in &&
        Math.abs(at(slopes, i) / cell.beta - 1) < 1e-9,
    ),
  );
  let [compared, worst] = [0, 0];
  for (const statistic of COMPARED) {
    const [values, errors] = [table.numbers(statistic), table.numbers(`${statistic}_mcse`)];
    cells.forEach((cell, k) => {
      const row = rows[k] ?? -1;
      const error = at(errors, row);
      if (row >= 0 && !(error > 0)) return;
      const distance = Math.abs(at(values, row) - Number(cell[statistic])) / error;
      if (!(distance <= worst)) worst = distance;
      compared++;
    });
  }
  const what = `${compared} statistics of ${cells.length} cells at most ${worst.toFixed(1)} standard errors from NumPy's`;
  return [{ what, right: compared > 5 * cells.length && cells.length > 0 && worst <= FROM_NUMPY }];
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} i
 */
function at(values, i) {
  return values[i] ?? Number.NaN;
}
