import { WasmKernel } from '../../dist/src/kernel/wasm.js';
import { readRecord } from '../../dist/src/stats/record.js';
import { near } from '../row.mjs';
import { measureKernel } from './kernel-row.mjs';
import { COLUMNS, KEY, RUN } from './leaves.mjs';

const PANELS = 256;
const KEYS = [KEY, Uint32Array.from(KEY, (word) => ~word)];
/** @type {import('../../dist/src/random/sampler.js').Sampler} */
const UNIFORM = { kind: 'uniform', params: [], scale: 1, shift: 0 };

/** @type {import('../row.mjs').Row} */
export const independent = {
  name: 'independent',
  title: 'independent uniform products',
  unit: 'G products/s',
  goal: { floor: 1, aim: 2, bound: 'least', ofMachine: true },
  measure(context) {
    const simulate = new WasmKernel().simulator(job(PANELS));
    return measureKernel(context, {
      command: `wasm simulate: side 1, fan-in ${RUN}, uniform × uniform drawn, multiplied, summed and tallied, ${PANELS} panels a call`,
      units: PANELS * COLUMNS * RUN,
      work: () => simulate(KEYS, () => {}),
      peer: ['leaves.py', 'independent'],
      answers: replay(4),
    });
  },
};

/**
 * @param {number} panels
 * @returns {import('../../dist/src/kernel/kernel.js').LayerJob}
 */
function job(panels) {
  return {
    side: 1,
    panels,
    samplers: [UNIFORM, UNIFORM],
    pairs: [{ weights: 0, inputs: 1, orthogonal: false, fanIns: [RUN] }],
  };
}

/**
 * The tally of a few panels against sums of the same draws in plain JavaScript.
 *
 * @param {number} panels
 */
function replay(panels) {
  /** @type {import('../../dist/src/stats/tally.js').Tally | undefined} */
  let tally;
  new WasmKernel().simulator(job(panels))(KEYS, (_pair, _fanIn, bytes) => {
    tally = readRecord(bytes.slice().buffer, 0);
  });
  const kernel = new WasmKernel();
  /** @type {number[]} */
  const sums = [];
  for (let panel = 0; panel < panels; panel++) {
    const [w, x] = KEYS.map((key) => kernel.draw(UNIFORM, key, panel, 0, RUN));
    for (let column = 0; column < COLUMNS; column++) {
      let sum = 0;
      for (let i = 0; i < RUN; i++)
        sum += (w?.[i * COLUMNS + column] ?? Number.NaN) * (x?.[i * COLUMNS + column] ?? Number.NaN);
      sums.push(sum);
    }
  }
  const squares = sums.reduce((total, z) => total + z * z, 0);
  return [
    near('pre-activations', tally?.count ?? 0, sums.length, 0),
    near('least', tally?.min ?? Number.NaN, Math.min(...sums), 1e-4),
    near('largest', tally?.max ?? Number.NaN, Math.max(...sums), 1e-4),
    near('Σz²', tally?.powers[1] ?? Number.NaN, squares, 1e-5 * squares),
  ];
}
