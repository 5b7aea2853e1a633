import { join } from 'node:path';
import { readEstimates } from '../../dist/src/tables/estimate-reader.js';
import { initsweep, runArguments, shipped, typed } from '../command.mjs';
import { interleave } from '../row.mjs';

/** Cells of configs/smoke.yaml: 7 fan-ins × 2 inputs × 2 initializers × 2 activations × 3 slopes. */
const SMOKE_CELLS = 168;

/** @type {import('../row.mjs').Row} */
export const help = {
  name: 'help',
  title: '--help, whole process',
  unit: 's',
  goal: { floor: 0.15, aim: 0.09, bound: 'most', ofMachine: true },
  async measure({ quick }) {
    const { stdout } = initsweep(['--help']);
    const [values = []] = await interleave(quick ? 3 : 15, [() => initsweep(['--help']).seconds]);
    const right = ['Usage: initsweep', 'run [options] <config...>', 'show [options] <run>'].every((word) =>
      stdout.includes(word),
    );
    return { commands: ['initsweep --help'], values, answers: [{ what: 'usage and verbs', right }] };
  },
};

/** @type {import('../row.mjs').Row} */
export const smoke = {
  name: 'smoke',
  title: 'smoke.yaml, whole process',
  unit: 's',
  goal: { floor: 0.7, aim: 0.4, bound: 'most', ofMachine: true },
  async measure({ quick, folder }) {
    const out = join(folder, 'smoke');
    const args = runArguments(shipped('smoke'), out);
    initsweep(args);
    const [values = []] = await interleave(quick ? 2 : 11, [() => initsweep(args).seconds]);
    const { rows } = readEstimates(join(out, 'estimates.arrow'));
    return {
      commands: [typed(args, folder)],
      values,
      answers: [{ what: `${rows} cells`, right: rows === SMOKE_CELLS }],
    };
  },
};
