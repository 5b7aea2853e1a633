import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initsweep, runArguments, shipped, typed } from '../command.mjs';
import { againstTheory, REFERENCE_CELLS } from '../reference.mjs';
import { interleave } from '../row.mjs';

const SLOPES = /^(beta: .*count:) 12\b/m;

/** @type {import('../row.mjs').Row} */
export const slopes = {
  name: 'slopes',
  title: '12 more slopes on reference, one thread, whole process',
  unit: '% more time',
  goal: { floor: 8, aim: 4, bound: 'most' },
  async measure({ quick, folder }) {
    const config = join(folder, 'reference-24-slopes.yaml');
    const text = readFileSync(shipped('reference'), 'utf8');
    if (!SLOPES.test(text)) throw new Error('configs/reference.yaml has no line of 12 slopes');
    writeFileSync(config, text.replace(SLOPES, '$1 24'));
    const [plain, more] = ['slopes-12', 'slopes-24'].map((name) => join(folder, name));
    const sweeps = [
      runArguments(shipped('reference'), plain ?? '', { threads: 1 }),
      runArguments(config, more ?? '', { threads: 1 }),
    ];
    const [short = [], long = []] = await interleave(
      quick ? 2 : 15,
      sweeps.map((args) => () => initsweep(args).seconds),
    );
    return {
      commands: sweeps.map((args) => typed(args, folder)),
      values: long.map((seconds, round) => 100 * (seconds / (short[round] ?? Number.NaN) - 1)),
      answers: [...againstTheory(plain ?? '', REFERENCE_CELLS), ...againstTheory(more ?? '', 2 * REFERENCE_CELLS)],
    };
  },
};
