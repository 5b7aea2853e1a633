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
/** Where the peer has what the kernel's sums have. */
const PEER_COLUMNS = { zSquare: 1, aSquare: 4, slopeSquare: 5 };

/** @param {number} word */
function key(word) {
  return Uint32Array.of(word, 0x243f6a88, 0xb7e15162, 0x2545f491);
}

/**
 * Networks a second over NumPy's. The product is nearly all of it: 40 of 256 × 256 × 64 at four singles an instruction without fused
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

/** @typedef {Record<keyof typeof PEER_COLUMNS | 'log', number>[]} Layers averages by layer */

/**
 * @param {import('../../dist/src/kernel/network.js').NetworkSimulator} simulate
 * @returns {Layers}
 */
function averages(simulate) {
  const values = WIDTH * BATCH;
  const totals = Array.from({ length: DEPTH }, () => ({ zSquare: 0, aSquare: 0, slopeSquare: 0, log: 0 }));
  for (let replicate = 0; replicate < CHECKED; replicate++) {
    const { sums } = simulate(KEYS, replicate);
    totals.forEach((total, layer) => {
      const sum = (/** @type {keyof typeof SUM} */ name) => sums[layer * SUMS + SUM[name]] ?? Number.NaN;
      for (const name of /** @type {const} */ (['zSquare', 'aSquare', 'slopeSquare']))
        total[name] += sum(name) / values / CHECKED;
      total.log += (Math.log(sum('gradient') / values) + 2 * sum('gradientExponent') * Math.LN2) / CHECKED;
    });
  }
  return totals;
}

/**
 * @param {string} stderr of the peer
 * @returns {Layers}
 */
function peerAverages(stderr) {
  const line = stderr.split('\n').find((text) => text.startsWith('{"check"')) ?? '{"check": []}';
  /** @type {number[][]} */
  const rows = JSON.parse(line).check;
  const at = (/** @type {number[]} */ row, /** @type {number} */ column) => row[column] ?? Number.NaN;
  return rows.map((row) => ({
    zSquare: at(row, PEER_COLUMNS.zSquare),
    aSquare: at(row, PEER_COLUMNS.aSquare),
    slopeSquare: at(row, PEER_COLUMNS.slopeSquare),
    log: at(row, 8),
  }));
}

/**
 * Every layer against mean-field theory: squares to 5%, logarithms of the gradient to 0.05 a layer.
 *
 * @param {string} who
 * @param {Layers} layers
 */
function againstTheory(who, layers) {
  const activation = resolveActivation({ kind: 'logistic', params: {} });
  const field = { activation, beta: 1, weightVariance: 1 / 3, biasVariance: 0 };
  const theory = networkTheory(field, { square: 1, correlation: 0 }, DEPTH) ?? [];
  let worst = layers.length === DEPTH ? 0 : Number.NaN;
  theory.forEach((expected, l) => {
    const got = layers[l];
    const square = expected.activationVariance + expected.meanActivation ** 2;
    const off = [
      (got?.zSquare ?? Number.NaN) / expected.q - 1,
      (got?.aSquare ?? Number.NaN) / square - 1,
      (got?.slopeSquare ?? Number.NaN) / (3 * expected.chi) - 1,
      ((got?.log ?? Number.NaN) - (expected.logGradientVariance ?? Number.NaN)) / (DEPTH - l),
    ];
    for (const each of off) if (!(Math.abs(each) <= worst)) worst = Math.abs(each);
  });
  return { what: `${who}: layers at most ${figure(100 * worst)}% from mean-field theory`, right: worst < TOLERANCE };
}

export const depth = depthRow('depth', 'uniform');
export const depthNormal = depthRow('depth-normal', 'normal');
