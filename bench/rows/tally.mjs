import { readRecord } from '../../dist/src/stats/record.js';
import { near } from '../row.mjs';
import { measureKernel } from './kernel-row.mjs';
import { Leaves, RUN } from './leaves.mjs';

const VALUES = 65_536;
/** Pre-activations of one panel of side 64: what the simulation tallies in one call. */
const PANEL = 4096;

/** @type {import('../row.mjs').Row} */
export const tally = {
  name: 'tally',
  title: 'tally',
  unit: 'G values/s',
  goal: { floor: 0.5, aim: 0.8, bound: 'least', ofMachine: true },
  measure(context) {
    const leaves = new Leaves();
    const { kernel } = leaves;
    const { at, panel } = leaves.sampler('normal');
    const z = leaves.singles(VALUES);
    const table = leaves.table();
    for (let done = 0, run = 0; done < VALUES; run++) {
      kernel.fill(at, 0, run, RUN);
      const draws = leaves.draws(panel);
      leaves.read(z, VALUES).set(draws, done);
      done += draws.length;
    }
    // Timed calls go on into one table: its packed sums overflow, at no change of speed. The answer is that of the first call.
    const work = () => {
      for (let from = z; from < z + 4 * VALUES; from += 4 * PANEL) kernel.tally(table, from, PANEL);
    };
    work();
    const answers = checkTally(readRecord(leaves.record(table).buffer, 0), leaves.read(z, VALUES));
    return measureKernel(context, {
      command: `wasm tally: normal values, ${PANEL} at a time, ${VALUES} a call`,
      units: VALUES,
      work,
      peer: ['leaves.py', 'tally'],
      answers,
    });
  },
};

/**
 * @param {import('../../dist/src/stats/tally.js').Tally} record
 * @param {Float32Array} values
 */
function checkTally(record, values) {
  /** @type {Map<number, { count: number, sum: bigint }>} */
  const bins = new Map();
  const bits = new Uint32Array(values.slice().buffer);
  let squares = 0;
  bits.forEach((word, i) => {
    const magnitude = word & 0x7fffffff;
    const bin = word >>> 31 === 0 ? magnitude >>> 19 : -1 - (magnitude >>> 19);
    const entry = bins.get(bin) ?? { count: 0, sum: 0n };
    bins.set(bin, { count: entry.count + 1, sum: entry.sum + BigInt((magnitude & 0x7ffff) - 2 ** 18) });
    squares += (values[i] ?? Number.NaN) ** 2;
  });
  const same = [...record.bins].every((bin, i) => {
    const entry = bins.get(bin);
    return entry !== undefined && entry.count === record.counts[i] && entry.sum === record.sums[i];
  });
  return [
    near('values', record.count, values.length, 0),
    near('occupied bins', record.bins.length, bins.size, 0),
    { what: 'count and Σr of every bin', right: same },
    near('Σz²', record.powers[1] ?? Number.NaN, squares, 1e-9 * squares),
  ];
}
