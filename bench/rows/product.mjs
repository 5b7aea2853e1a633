import { measureKernel } from './kernel-row.mjs';
import { COLUMNS, Leaves, RUN } from './leaves.mjs';

const SIDE = 64;
const CALLS = 64;

/** @type {import('../row.mjs').Row} */
export const product = {
  name: 'product',
  title: 'blocked product',
  unit: 'G multiply-adds/s',
  goal: { floor: 17, aim: 22, bound: 'least', ofMachine: true, orPeerShare: 0.4 },
  measure(context) {
    const leaves = new Leaves();
    const { kernel } = leaves;
    const w = leaves.sampler('uniform');
    const x = leaves.sampler('normal');
    const z = leaves.singles(COLUMNS * SIDE);
    for (const { at } of [w, x]) kernel.fill(at, 0, at === w.at ? 0 : 1, RUN);
    const answer = checkProduct(leaves, w.panel, x.panel, z);
    return measureKernel(context, {
      command: `wasm product: ${SIDE} × ${SIDE} sums over ${RUN} indices, ${CALLS} times a call`,
      units: CALLS * SIDE * SIDE * RUN,
      work: () => {
        for (let i = 0; i < CALLS; i++) kernel.product(w.panel, x.panel, z, 0, RUN, SIDE);
      },
      peer: ['sgemm.py'],
      answers: [answer],
    });
  },
};

/**
 * The kernel's sums against a plain product in double precision: |difference| within 128 roundings of Σ|w·x|.
 *
 * @param {Leaves} leaves
 * @param {number} w
 * @param {number} x
 * @param {number} z
 * @returns {import('../row.mjs').Answer}
 */
function checkProduct(leaves, w, x, z) {
  leaves.read(z, SIDE * SIDE).fill(0);
  leaves.kernel.product(w, x, z, 0, RUN, SIDE);
  const sums = leaves.read(z, SIDE * SIDE);
  const [weights, inputs] = [leaves.draws(w), leaves.draws(x)];
  let worst = 0;
  for (let unit = 0; unit < SIDE; unit++) {
    for (let input = 0; input < SIDE; input++) {
      let sum = 0;
      let size = 0;
      for (let i = 0; i < RUN; i++) {
        const term = (weights[i * COLUMNS + unit] ?? Number.NaN) * (inputs[i * COLUMNS + input] ?? Number.NaN);
        sum += term;
        size += Math.abs(term);
      }
      const error = Math.abs((sums[unit * SIDE + input] ?? Number.NaN) - sum) / size;
      if (!(error <= worst)) worst = error;
    }
  }
  return {
    what: `largest error against a plain product ${worst.toExponential(1)} of Σ|wx|`,
    right: worst < RUN * 2 ** -24,
  };
}
