import { SUM } from '../../dist/src/kernel/network.js';
import { WasmKernel } from '../../dist/src/kernel/wasm.js';
import { ACTIVATION_CODES, resolveActivation } from '../../dist/src/model/activations.js';
import { networkTheory } from '../../dist/src/theory/network-theory.js';
import { pythonCommand } from '../python.mjs';
import { figure, interleave } from '../row.mjs';
import { median } from '../verdict.mjs';
import { rate } from './leaves.mjs';

const WIDTH = 256;
const DEPTH = 20;
const BATCH = 64;
const PEER = 'numpy_depth.py';
const KEYS = { weights: key(1), biases: key(2), inputs: key(3), gradients: key(4) };
const SUMS = 12;
/** Networks that answers are averages of: some 0.5% for the slowest layer to settle, a tenth of the tolerance. */
const CHECKED = 64;
const TOLERANCE = 0.05;
/** Averages of a layer, and the column where the peer has each. */
const COLUMNS = { zSquare: 1, zPairs: 2, aSquare: 4, slopeSquare: 5, saturated: 6, log: 8, weight: 9 };

/** @param {number} word */
function key(word) {
  return Uint32Array.of(word, 0x243f6a88, 0xb7e15162, 0x2545f491);
}

/**
 * Networks a second over NumPy's. The product is nearly all of it: 39 of 256 × 256 × 64 at four singles an instruction without fused
 * multiply-add against eight or sixteen with it; drawing weights is what the kernel wins back.
 *
 * @param {string} name
 * @param {'uniform' | 'normal'} shape
 * @returns {import('../row.mjs').Row}
 */
function depthRow(name, shape) {
  return {
    name,
    title: `networks of width ${WIDTH}, depth ${DEPTH}, batch ${BATCH}, ${shape} weights, against NumPy`,
    unit: '×',
    goal: { floor: 0.5, aim: 3, bound: 'least' },
    async measure({ quick, python }) {
      const simulate = new WasmKernel().networks(job(shape));
      let replicate = 0;
      const command = `wasm networks: ${DEPTH} layers of ${WIDTH} units, batch ${BATCH}, ${shape} weights`;
      const own = () => rate(command, 1, () => void simulate(KEYS, replicate++ % 65536), quick);
      let stderr = '';
      const other = () => {
        const finished = python?.run(PEER, [WIDTH, DEPTH, BATCH, CHECKED, shape].map(String));
        stderr = finished?.stderr ?? '';
        return Number(JSON.parse(finished?.stdout ?? '{}').rate);
      };
      const [rates = [], peers = []] = await interleave(quick ? 2 : 7, python === null ? [own] : [own, other]);
      const answers = [againstTheory('kernel', averages(simulate))];
      const ours = `${figure(median(rates))} networks a second`;
      if (python === null)
        return { commands: [command], values: [], notes: [ours], answers, unjudged: 'no Python with NumPy' };
      return {
        commands: [command, pythonCommand(PEER, WIDTH, DEPTH, BATCH, CHECKED, shape)],
        values: rates.map((own, round) => own / (peers[round] ?? Number.NaN)),
        notes: [`${ours}, NumPy ${figure(median(peers))}`],
        answers: [...answers, againstTheory('NumPy', peerAverages(stderr))],
      };
    },
  };
}

/**
 * @param {'uniform' | 'normal'} kind
 * @returns {import('../../dist/src/kernel/network.js').NetworkJob}
 */
function job(kind) {
  const scale = kind === 'uniform' ? 1 / Math.sqrt(WIDTH) : 1 / Math.sqrt(3 * WIDTH);
  return {
    ...{ width: WIDTH, depth: DEPTH, batch: BATCH, orthogonalGain: null, correlation: 0, biasStd: 0 },
    weights: { kind, params: [], scale, shift: 0 },
    inputs: { kind: 'normal', params: [], scale: 1, shift: 0 },
    ...{ code: ACTIVATION_CODES.indexOf('logistic'), param: 0, beta: 1, threshold: 0.025, jacobian: false },
  };
}

/** @typedef {Record<keyof typeof COLUMNS, number>} Layer averages of a layer; `log` is of the logarithm of the gradient's mean square */

/**
 * @param {import('../../dist/src/kernel/network.js').NetworkSimulator} simulate
 * @returns {Layer[]}
 */
function averages(simulate) {
  const values = WIDTH * BATCH;
  const totals = Array.from({ length: DEPTH }, () => layerOf(() => 0));
  for (let replicate = 0; replicate < CHECKED; replicate++) {
    const { sums } = simulate(KEYS, replicate);
    totals.forEach((total, layer) => {
      const sum = (/** @type {keyof typeof SUM} */ name) => sums[layer * SUMS + SUM[name]] ?? Number.NaN;
      for (const name of /** @type {const} */ (['zSquare', 'aSquare', 'slopeSquare', 'saturated']))
        total[name] += sum(name) / values / CHECKED;
      total.zPairs += (2 * sum('zPairs')) / values / CHECKED;
      total.log += (Math.log(sum('gradient') / values) + 2 * sum('gradientExponent') * Math.LN2) / CHECKED;
      total.weight += ((sum('weight') / (values * WIDTH)) * 4 ** sum('weightExponent')) / CHECKED;
    });
  }
  return totals;
}

/**
 * @param {(name: keyof typeof COLUMNS) => number} value
 * @returns {Layer}
 */
function layerOf(value) {
  const names = /** @type {(keyof typeof COLUMNS)[]} */ (Object.keys(COLUMNS));
  return /** @type {Layer} */ (Object.fromEntries(names.map((name) => [name, value(name)])));
}

/**
 * @param {string} stderr of the peer
 * @returns {Layer[]}
 */
function peerAverages(stderr) {
  const line = stderr.split('\n').find((text) => text.startsWith('{"check"')) ?? '{"check": []}';
  /** @type {number[][]} */
  const rows = JSON.parse(line).check;
  return rows.map((row) => layerOf((name) => row[COLUMNS[name]] ?? Number.NaN));
}

/**
 * Every layer against mean-field theory: squares and shares to 5%, logarithms of what comes back to 0.05 a layer.
 *
 * @param {string} who
 * @param {Layer[]} layers
 */
function againstTheory(who, layers) {
  const activation = resolveActivation({ kind: 'logistic', params: {} });
  const field = { activation, beta: 1, weightVariance: 1 / 3, biasVariance: 0 };
  const theory = networkTheory(field, { square: 1, correlation: 0 }, DEPTH);
  const off = theory.flatMap((expected, l) => {
    const got = layers[l] ?? layerOf(() => Number.NaN);
    const back = DEPTH - l;
    return [
      got.zSquare / expected.q - 1,
      got.zPairs / expected.q - (expected.correlation ?? Number.NaN),
      got.aSquare / (expected.activationVariance + expected.meanActivation ** 2) - 1,
      got.slopeSquare / (3 * expected.chi) - 1,
      // |z| > 3.6 is 6.3 standard deviations and more: 3e-10.
      got.saturated,
      (got.log - (expected.logGradientVariance ?? Number.NaN)) / back,
      (0.5 * Math.log(got.weight) - Math.log(expected.weightGradient ?? Number.NaN)) / back,
    ];
  });
  // NaN if one is.
  const worst = Math.max(...off.map(Math.abs));
  return { what: `${who}: layers at most ${figure(100 * worst)}% from mean-field theory`, right: worst < TOLERANCE };
}

export const depth = depthRow('depth', 'uniform');
export const depthNormal = depthRow('depth-normal', 'normal');
