import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { initsweepTimed, runArguments, shipped, startWorkers, tablesDigest, typed } from '../command.mjs';
import { hasRedis, startRedis } from '../redis.mjs';
import { figure, interleave } from '../row.mjs';
import { median } from '../verdict.mjs';
import { measureTwoCores } from '../yardstick.mjs';

/** @typedef {0 | 1 | 2} Workers processes of one thread each; 0: no queue, and one thread of the program itself */

/** @type {import('../row.mjs').Row} */
export const queueOverhead = {
  name: 'queue',
  title: 'one worker of a queue against one thread without, reference at 67,108,864 samples',
  unit: '%',
  goal: { floor: 3, aim: 2, bound: 'most' },
  measure: (context) => compare(context, 0, 1, '%', (without, queued) => 100 * (queued / without - 1)),
};

/** @type {import('../row.mjs').Row} */
export const queueWorkers = {
  name: 'queue-workers',
  title: '2 workers of a queue against 1, reference at 67,108,864 samples',
  unit: '×',
  goal: { floor: 1.85, aim: 1.95, bound: 'least', ofCores: true },
  measure: (context) => compare(context, 1, 2, '×', (one, two) => one / two),
};

/**
 * One run: seconds from its start to its end, those of processor time of all processes, Redis among them, and those of a task on a
 * worker's thread, NaN where there is no worker.
 *
 * @typedef {{ seconds: number, cpu: number, task: number }} Cost
 */

/**
 * The runs of either row, in rounds.
 *
 * @typedef {object} Runs
 * @property {readonly string[]} commands by number of workers
 * @property {readonly string[]} digests
 * @property {readonly (readonly Cost[])[]} costs
 * @property {readonly number[]} cores measured before each run
 */

/** @type {Promise<Runs> | undefined} */
let measured;

/**
 * @param {import('../row.mjs').Context} context
 * @param {Workers} base
 * @param {Workers} other
 * @param {string} unit
 * @param {(base: number, other: number) => number} figureOf seconds to the row's value
 * @returns {Promise<import('../row.mjs').Measurement>}
 */
async function compare(context, base, other, unit, figureOf) {
  if (!hasRedis()) return { commands: [], values: [Number.NaN], answers: [], unjudged: 'no redis-server' };
  // Both rows are of the same runs, which take minutes.
  measured ??= measure(context);
  const { commands, digests, costs, cores } = await measured;
  const [first = [], second = []] = [costs[base], costs[other]];
  const unjudged = availableParallelism() < 2 ? 'one core' : context.quick ? 'quick: a smaller sweep' : null;
  return {
    commands: [commands[other], commands[base]].flatMap((command) => command ?? []),
    values: first.map(({ seconds }, round) => figureOf(seconds, second[round]?.seconds ?? Number.NaN)),
    notes: [
      `${described(base, first)}; ${described(other, second)}`,
      `of the quickest of each: ${figure(figureOf(least(first), least(second)))} ${unit}`,
      `tasks of ${figure(median(second.map(({ task }) => task)))} s`,
    ],
    cores,
    answers: [
      {
        what: `both tables equal to the byte for ${named(base)} and ${named(other)}`,
        right: digests[base] === digests[other],
      },
    ],
    ...(unjudged === null ? {} : { unjudged }),
  };
}

/**
 * Runs of a minute and more: what the last tasks wait for each other, some seconds, must not decide. Workers are there before
 * time is taken, as they are in use; their threads, which belong to the sweep, start within it, as those of a run without a queue do.
 *
 * @param {import('../row.mjs').Context} context
 * @returns {Promise<Runs>}
 */
async function measure({ quick, folder }) {
  const redis = await startRedis(folder);
  const runs = /** @type {const} */ ([0, 1, 2]).map((workers) => {
    const out = join(folder, `queue-${workers}`);
    const args = runArguments(shipped('reference'), out, { threads: 1, samples: quick ? 2 ** 18 : 2 ** 26 });
    return { workers, out, args: workers === 0 ? args : [...args, '--queue', redis.url] };
  });
  /** @type {number[]} */
  const cores = [];
  try {
    const costs = await interleave(
      quick ? 1 : 3,
      runs.map(({ workers, args }) => async () => {
        if (!quick) cores.push(await measureTwoCores());
        const report = join(folder, 'queue-cpu');
        rmSync(report, { force: true });
        const stop = await startWorkers(workers, redis.url, report);
        const before = await redis.cpu();
        const { seconds } = initsweepTimed(args, report);
        const server = (await redis.cpu()) - before;
        const task = await redis.taskTime();
        await stop();
        const times = readFileSync(report, 'utf8').trim().split('\n').map(Number);
        return { seconds, cpu: times.reduce((sum, time) => sum + time, workers === 0 ? 0 : server), task };
      }),
    );
    return {
      commands: runs.map(({ args }) => typed(args, folder)),
      digests: runs.map(({ out }) => tablesDigest(out)),
      costs,
      cores,
    };
  } finally {
    redis.end();
  }
}

/**
 * @param {Workers} workers
 * @param {readonly Cost[]} costs
 */
function described(workers, costs) {
  const [seconds, cpu] = [median(costs.map((cost) => cost.seconds)), median(costs.map((cost) => cost.cpu))];
  return `${named(workers)} ${figure(seconds)} s, ${figure(cpu)} s of processor time`;
}

/** @param {readonly Cost[]} costs */
const least = (costs) => Math.min(...costs.map(({ seconds }) => seconds));

/** @param {Workers} workers */
const named = (workers) => ['no queue', '1 worker', '2 workers'][workers];
