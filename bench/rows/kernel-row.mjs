import { pythonCommand } from '../python.mjs';
import { interleave } from '../row.mjs';
import { rate } from './leaves.mjs';

const GIGA = 1e9;

/**
 * Measures a kernel function and its NumPy peer in turn.
 *
 * @param {import('../row.mjs').Context} context
 * @param {object} what
 * @param {string} what.command the kernel's calls, in words
 * @param {number} what.units done by one call of `work`
 * @param {() => void} what.work
 * @param {[string, ...string[]]} what.peer file of bench/peers and its arguments
 * @param {readonly import('../row.mjs').Answer[]} what.answers
 * @returns {Promise<import('../row.mjs').Measurement>}
 */
export async function measureKernel({ quick, python }, { command, units, work, peer, answers }) {
  const rounds = quick ? 2 : 7;
  const [file, ...args] = peer;
  const own = () => rate(command, units, work, quick);
  const other = () => Number(JSON.parse(python?.run(file, args).stdout ?? '{}').rate);
  const [values = [], peers = []] = await interleave(rounds, python === null ? [own] : [own, other]);
  const giga = (/** @type {readonly number[]} */ rates) => rates.map((value) => value / GIGA);
  return {
    commands: python === null ? [command] : [command, pythonCommand(file, ...args)],
    values: giga(values),
    ...(python === null ? {} : { peer: giga(peers) }),
    answers,
  };
}
