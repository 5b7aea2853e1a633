import { join } from 'node:path';
import { initsweep, runArguments, shipped, typed } from '../command.mjs';
import { pythonCommand } from '../python.mjs';
import { againstNumPy, againstTheory, REFERENCE_CELLS } from '../reference.mjs';
import { figure, interleave } from '../row.mjs';
import { median } from '../verdict.mjs';

const PEER = 'numpy_sweep.py';

/**
 * How many times faster than NumPy: the seconds that the peer prints (without the start of Python) over those of the whole
 * process of ours, start included.
 *
 * @param {string} name
 * @param {number} fullSamples
 * @param {number} fullRounds
 * @param {{ floor: number, aim: number }} goal
 * @returns {import('../row.mjs').Row}
 */
function sweepRow(name, fullSamples, fullRounds, goal) {
  return {
    name,
    title: `reference at ${fullSamples.toLocaleString('en')} samples, one thread, against NumPy`,
    unit: '×',
    goal: { ...goal, bound: 'least' },
    async measure({ quick, python, folder }) {
      const samples = quick ? fullSamples / 8 : fullSamples;
      const out = join(folder, name);
      const args = runArguments(shipped('reference'), out, { threads: 1, samples });
      const own = () => initsweep(args).seconds;
      let stderr = '';
      const other = () => {
        const finished = python?.run(PEER, [String(samples)]);
        stderr = finished?.stderr ?? '';
        return Number(JSON.parse(finished?.stdout ?? '{}').seconds);
      };
      const actions = python === null ? [own] : [own, other];
      const [seconds = [], peers = []] = await interleave(quick ? 1 : fullRounds, actions);
      const answers = againstTheory(out, REFERENCE_CELLS);
      const ours = `whole process ${figure(median(seconds))} s`;
      const command = typed(args, folder);
      if (python === null)
        return { commands: [command], values: [], notes: [ours], answers, unjudged: 'no Python with NumPy' };
      return {
        commands: [command, pythonCommand(PEER, samples)],
        values: seconds.map((own, round) => (peers[round] ?? Number.NaN) / own),
        notes: [`${ours}, NumPy ${figure(median(peers))} s`],
        answers: [...answers, ...againstNumPy(out, stderr)],
        ...(quick ? { unjudged: `quick: ${samples.toLocaleString('en')} samples` } : {}),
      };
    },
  };
}

export const reference = sweepRow('reference', 2 ** 18, 5, { floor: 9, aim: 14 });
export const million = sweepRow('reference-1m', 2 ** 20, 3, { floor: 14, aim: 20 });
