import { WasmKernel } from '../../dist/src/kernel/wasm.js';
import { near } from '../row.mjs';
import { measureKernel } from './kernel-row.mjs';
import { COLUMNS, KEY, Leaves, RUN } from './leaves.mjs';

const FILLS = 64;

/**
 * @param {'normal' | 'uniform'} kind
 * @param {string} name
 * @param {{ floor: number, aim: number }} goal
 * @param {readonly [number, number, number, number]} truth E u², E u⁴, E u⁶, E u⁸
 * @returns {import('../row.mjs').Row}
 */
function drawRow(kind, name, goal, truth) {
  return {
    name,
    title: `${name} with generator`,
    unit: 'G draws/s',
    goal: { ...goal, bound: 'least', ofMachine: true },
    measure(context) {
      const leaves = new Leaves();
      const { kernel } = leaves;
      const { at, panel } = leaves.sampler(kind);
      const answers = [sameAsKernel(leaves, kind, at, panel), ...moments(leaves, at, panel, truth)];
      let run = 0;
      return measureKernel(context, {
        command: `wasm fill: ${RUN} × ${COLUMNS} ${kind} variates from a fresh key, ${FILLS} times a call`,
        units: FILLS * RUN * COLUMNS,
        work: () => {
          for (let i = 0; i < FILLS; i++) kernel.fill(at, 0, run++, RUN);
        },
        peer: ['leaves.py', name],
        answers,
      });
    },
  };
}

/**
 * @param {Leaves} leaves
 * @param {'normal' | 'uniform'} kind
 * @param {number} at
 * @param {number} panel
 * @returns {import('../row.mjs').Answer}
 */
function sameAsKernel(leaves, kind, at, panel) {
  leaves.kernel.fill(at, 3, 5, RUN);
  const drawn = leaves.draws(panel);
  const expected = new WasmKernel().draw({ kind, params: [], scale: 1, shift: 0 }, KEY, 3, 5, RUN);
  return { what: 'the draws of WasmKernel.draw', right: drawn.every((value, i) => value === expected[i]) };
}

/**
 * Mean, mean square and mean fourth power of 2²² draws, each within 5 standard errors.
 *
 * @param {Leaves} leaves
 * @param {number} at
 * @param {number} panel
 * @param {readonly [number, number, number, number]} truth
 */
function moments(leaves, at, panel, [second, fourth, , eighth]) {
  const runs = 512;
  const n = runs * RUN * COLUMNS;
  let [s1, s2, s4] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    leaves.kernel.fill(at, 7, run, RUN);
    for (const value of leaves.draws(panel)) {
      const square = value * value;
      s1 += value;
      s2 += square;
      s4 += square * square;
    }
  }
  const error = (/** @type {number} */ variance) => 5 * Math.sqrt(variance / n);
  return [
    near('mean', s1 / n, 0, error(second)),
    near('mean square', s2 / n, second, error(fourth - second ** 2)),
    near('mean fourth power', s4 / n, fourth, error(eighth - fourth ** 2)),
  ];
}

export const normals = drawRow('normal', 'normals', { floor: 0.5, aim: 0.7 }, [1, 3, 15, 105]);
export const uniforms = drawRow('uniform', 'uniforms', { floor: 2, aim: 3 }, [1 / 3, 1 / 5, 1 / 7, 1 / 9]);
