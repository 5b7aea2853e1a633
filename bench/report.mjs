import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { figure } from './row.mjs';
import { goalHere, judge, median } from './verdict.mjs';
import { START } from './yardstick.mjs';

/**
 * @param {import('./python.mjs').Python | null} python
 * @param {number} start of Node, in seconds
 */
export function machineLine(python, start) {
  const numpy = python === null ? 'no Python with NumPy' : `NumPy ${python.numpy}, Python ${python.version}`;
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return [
    model,
    `${availableParallelism()} cores`,
    memory,
    `Node ${process.versions.node}, starts in ${figure(start)} s`,
    numpy,
    `load ${load}`,
  ].join(' · ');
}

/**
 * @typedef {object} Outcome
 * @property {import('./verdict.mjs').Verdict} verdict
 * @property {boolean} right all answers
 * @property {string} line for the closing table
 */

/**
 * Judges a measurement and prints it.
 *
 * @param {import('./row.mjs').Row} row
 * @param {import('./row.mjs').Measurement} measurement
 * @param {number} slowness of this machine
 * @returns {Outcome}
 */
export function reportRow({ name, title, unit, goal: stated }, measurement, slowness) {
  const { commands, values, peer, notes = [], answers, cores = [], unjudged } = measurement;
  const twoCores = cores.length > 0 ? median(cores) : 2;
  const goal = goalHere(stated, { slowness, cores: twoCores });
  const value = values.length > 0 ? median(values) : null;
  const shares = (peer ?? []).map((other, round) => (values[round] ?? Number.NaN) / other);
  const share = shares.length > 0 ? median(shares) : null;
  const verdict = value === null || unjudged !== undefined ? 'not judged' : judge(goal, value, share);
  const right = answers.length > 0 && answers.every((answer) => answer.right);
  const lines = [`${name}: ${title}`, ...commands.map((command) => `  $ ${command}`)];
  if (value !== null) lines.push(`  ${spread(values, value)} ${unit}`);
  if (peer !== undefined && share !== null)
    lines.push(`  NumPy ${spread(peer, median(peer))} ${unit}: ${figure(share)} times NumPy's`);
  lines.push(...notes.map((note) => `  ${note}`));
  lines.push(...answers.map(({ what, right }) => `  ${right ? 'right' : 'WRONG'}: ${what}`));
  if (stated.ofCores && cores.length > 0 && value !== null) {
    const share = figure((100 * value) / twoCores);
    lines.push(
      `  two cores do ${spread(cores, twoCores)} times as much as one in a loop without memory: ${share}% of that`,
    );
  }
  const where = stated.ofCores ? 'two cores do twice as much as one' : `Node starts in ${START} s`;
  const elsewhere = goal === stated ? '' : ` (${bounds(stated)} where ${where})`;
  lines.push(`  ${goalText(goal, unit)}${elsewhere}: ${verdict}${unjudged === undefined ? '' : ` (${unjudged})`}`, '');
  console.log(lines.join('\n'));
  const ratio = share === null ? '' : `${figure(share)}×`;
  const columns = [
    name.padEnd(17),
    (value === null ? '–' : figure(value)).padStart(7),
    unit.padEnd(17),
    ratio.padStart(7),
  ];
  columns.push(bounds(goal).padEnd(13), right ? 'right' : 'WRONG', verdict);
  return { verdict, right, line: columns.join('  ') };
}

/** The head of the closing table. */
export const HEAD = [
  'row'.padEnd(17),
  'median'.padStart(7),
  'unit'.padEnd(17),
  'NumPy'.padStart(7),
  'floor, aim'.padEnd(13),
  'answer',
  'verdict',
].join('  ');

/**
 * @param {readonly number[]} values
 * @param {number} middle
 */
function spread(values, middle) {
  if (values.length === 1) return figure(middle);
  return `${figure(middle)} (median of ${values.length}, ${figure(Math.min(...values))} … ${figure(Math.max(...values))})`;
}

/** @param {import('./verdict.mjs').Goal} goal */
function bounds({ floor, aim, bound }) {
  const sign = bound === 'least' ? '≥' : '≤';
  return aim === null ? `${sign} ${figure(floor)}` : `${sign} ${figure(floor)}, ${figure(aim)}`;
}

/**
 * @param {import('./verdict.mjs').Goal} goal
 * @param {string} unit
 */
function goalText(goal, unit) {
  const alternative = goal.orPeerShare === undefined ? '' : ` or ${goal.orPeerShare} of NumPy's`;
  const word = goal.bound === 'least' ? 'at least' : 'at most';
  const aim = goal.aim === null ? '' : `, aim ${figure(goal.aim)}`;
  return `floor ${word} ${figure(goal.floor)} ${unit}${alternative}${aim}`;
}
