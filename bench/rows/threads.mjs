import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { initsweep, runArguments, shipped, tablesDigest, typed } from '../command.mjs';
import { figure, interleave } from '../row.mjs';
import { median } from '../verdict.mjs';
import { measureTwoCores } from '../yardstick.mjs';

/**
 * The goal is of 4 million samples and more: with 8 million the start, which is the same for either, does not decide on slow cores.
 *
 * @type {import('../row.mjs').Row}
 */
export const threads = {
  name: 'threads',
  title: '2 threads against 1, reference at 8,388,608 samples',
  unit: '×',
  goal: { floor: 1.75, aim: 1.9, bound: 'least', ofCores: true },
  async measure({ quick, folder }) {
    const samples = quick ? 2 ** 17 : 2 ** 23;
    const runs = [1, 2].map((count) => {
      const out = join(folder, `threads-${count}`);
      return { out, args: runArguments(shipped('reference'), out, { threads: count, samples }) };
    });
    /** @type {number[]} */
    const cores = [];
    const [one = [], two = []] = await interleave(
      quick ? 1 : 3,
      runs.map(({ args }) => async () => {
        if (!quick) cores.push(await measureTwoCores());
        return initsweep(args).seconds;
      }),
    );
    const [first, second] = runs.map(({ out }) => tablesDigest(out));
    const unjudged =
      availableParallelism() < 2 ? 'one core' : quick ? `quick: ${samples.toLocaleString('en')} samples` : null;
    return {
      commands: runs.map(({ args }) => typed(args, folder)).reverse(),
      values: one.map((seconds, round) => seconds / (two[round] ?? Number.NaN)),
      notes: [`1 thread ${figure(median(one))} s, 2 threads ${figure(median(two))} s`],
      cores,
      answers: [{ what: 'both tables equal to the byte for 1 and 2 threads', right: first === second }],
      ...(unjudged === null ? {} : { unjudged }),
    };
  },
};
