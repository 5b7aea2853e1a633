import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readEstimates } from '../../dist/src/tables/estimate-reader.js';
import { initsweep, initsweepPeak, runArguments, shipped, typed } from '../command.mjs';
import { interleave } from '../row.mjs';

const MEGA = 1e6;
/** Cells of configs/gold-rule.yaml: 13 fan-ins × 6 inputs × 5 initializers × 2 activations × 25 slopes. */
const CELLS = 19_500;

/** @type {import('../row.mjs').Row} */
export const goldRule = {
  name: 'gold-rule',
  title: 'gold-rule, default threads, whole process',
  unit: 's',
  goal: { floor: 10, aim: null, bound: 'most', ofMachine: true },
  async measure(context) {
    const measurement = await runs(context, (args) => initsweep(args).seconds);
    return availableParallelism() < 2 ? { ...measurement, unjudged: 'one core' } : measurement;
  },
};

/** @type {import('../row.mjs').Row} */
export const goldRuleMemory = {
  name: 'memory-gold-rule',
  title: 'peak memory, gold-rule, default threads',
  unit: 'MB',
  goal: { floor: 300, aim: null, bound: 'most' },
  measure: (context) => runs(context, (args) => initsweepPeak(args, context.folder).peak / MEGA),
};

/**
 * The job of `npm start`, three times.
 *
 * @param {import('../row.mjs').Context} context
 * @param {(args: readonly string[]) => number} measure
 */
async function runs({ quick, folder }, measure) {
  const out = join(folder, 'gold-rule');
  const args = runArguments(shipped('gold-rule'), out);
  const [values = []] = await interleave(quick ? 1 : 3, [() => measure(args)]);
  const table = readEstimates(join(out, 'estimates.arrow'));
  const cells = { what: `${table.rows} cells`, right: table.rows === CELLS };
  return { commands: [typed(args, folder)], values, answers: [cells, third(table)] };
}

/**
 * Var z = 1/3 whatever the fan-in, for the rule and the standardised inputs. Its worst distance over 65 (input, fan-in), few
 * replicates behind the correlated input: see FROM_THEORY in reference.mjs.
 *
 * @param {import('../../dist/src/tables/estimate-reader.js').EstimateTable} table
 */
function third(table) {
  const [initializers, inputs] = [table.labels('initializer'), table.labels('input')];
  const [values, errors] = [table.numbers('z_var'), table.numbers('z_var_mcse')];
  let worst = 0;
  initializers.forEach((initializer, i) => {
    if (initializer !== 'standard_uniform' || inputs[i]?.includes('raw')) return;
    const distance = Math.abs((values[i] ?? Number.NaN) - 1 / 3) / (errors[i] ?? Number.NaN);
    if (!(distance <= worst)) worst = distance;
  });
  return {
    what: `z_var of the rule at most ${worst.toFixed(1)} standard errors from 1/3`,
    right: worst > 0 && worst <= 6,
  };
}
