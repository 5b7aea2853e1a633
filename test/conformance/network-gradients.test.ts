import { describe, expect, it } from 'vitest';
import { LAYER_SUMS, type NetworkJob, type NetworkKeys, panelOf, SUM } from '../../src/kernel/network.ts';
import { Batch } from '../../src/kernel/reference/batch.ts';
import { drawPanel } from '../../src/kernel/reference/network.ts';
import { Reflections } from '../../src/kernel/reference/reflections.ts';
import { DenseWeights } from '../../src/kernel/reference/weights.ts';
import { ACTIVATION_CODES } from '../../src/model/activations.ts';
import { tanh } from '../../src/numeric/elementary.ts';
import type { Sampler } from '../../src/random/sampler.ts';
import { sampler } from '../support/jobs.ts';
import { KERNELS } from '../support/kernels.ts';

// Weights of independent entries, or Haar ones, have the law of their transposes: no statistic tells whether a gradient comes back
// through Wᵀ or W. So one network is written out in doubles, and differentiated by differences.

const WIDTH = 5;
const DEPTH = 3;
const BATCH = 16;
const BETA = 1.3;
const KEYS: NetworkKeys = {
  weights: Uint32Array.of(1, 2, 3, 4),
  biases: Uint32Array.of(5, 6, 7, 8),
  inputs: Uint32Array.of(9, 10, 11, 12),
  gradients: Uint32Array.of(13, 14, 15, 16),
};

type Vector = readonly number[];
type Matrix = readonly Vector[];

const jobOf = (orthogonalGain: number | null): NetworkJob => ({
  ...{ width: WIDTH, depth: DEPTH, batch: BATCH, orthogonalGain, correlation: 0, biasStd: 0, param: 0, beta: BETA },
  ...{ threshold: 0.1, jacobian: true, code: ACTIVATION_CODES.indexOf('tanh') },
  weights: { ...sampler('normal'), scale: orthogonalGain === null ? 0.5 : 1 },
  inputs: sampler('normal'),
});

/** Draws of a layer of replicate 0. */
function drawn(source: Sampler, key: Uint32Array, layer: number, columns: number): Batch {
  const draws = drawPanel(source, key, panelOf(0, layer, 0), WIDTH);
  return new Batch(WIDTH, columns).map((_, row, column) => draws[64 * row + column] as number);
}

const rowsOf = (batch: Batch): Matrix => Array.from({ length: WIDTH }, (_, row) => [...batch.row(row)]);
const columnOf = (matrix: Matrix, column: number): Vector => matrix.map((row) => row[column] as number);

/** W_1 … W_L, by what they make of the unit vectors. */
function weightsOf(job: NetworkJob): Matrix[] {
  return Array.from({ length: DEPTH }, (_, layer) => {
    const draws = drawn(job.weights, KEYS.weights, layer, WIDTH);
    const weights = job.orthogonalGain === null ? new DenseWeights(draws) : new Reflections(draws, job.orthogonalGain);
    return rowsOf(weights.forward(Batch.unit(WIDTH)));
  });
}

const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
const squares = (values: Vector): number => dot(values, values);

/** a_L from what enters the first of some layers. */
const forward = (layers: readonly Matrix[], a: Vector): Vector =>
  layers.reduce<Vector>((x, matrix) => matrix.map((row) => tanh(BETA * dot(row, x))), a);

/** ∂f/∂x by central differences. */
function differences(f: (x: Vector) => number, x: Vector): Vector {
  const step = 1e-5;
  return x.map((_, i) => {
    const at = (h: number) => f(x.map((value, j) => (j === i ? value + h : value)));
    return (at(step) - at(-step)) / (2 * step);
  });
}

/** Σ(∂ℓ/∂a_l)² and Σ(∂ℓ/∂W_l)² of each layer, over the batch, and ∂a_L/∂x of its first input. */
function expected(job: NetworkJob) {
  const layers = weightsOf(job);
  const inputs = rowsOf(drawn(job.inputs, KEYS.inputs, 0, BATCH));
  const deltas = rowsOf(drawn(sampler('normal'), KEYS.gradients, 0, BATCH));
  const columns = Array.from({ length: BATCH }, (_, c) => ({ x: columnOf(inputs, c), delta: columnOf(deltas, c) }));
  const sum = (term: (x: Vector, delta: Vector) => number) =>
    columns.reduce((total, { x, delta }) => total + term(x, delta), 0);
  const gradient = layers.map((_, l) =>
    sum((x, delta) => {
      const a = forward(layers.slice(0, l + 1), x);
      return squares(differences((at) => dot(delta, forward(layers.slice(l + 1), at)), a));
    }),
  );
  const weight = layers.map((matrix, l) =>
    sum((x, delta) => {
      const into = forward(layers.slice(0, l), x);
      const loss = (flat: Vector) => {
        const own = matrix.map((_, row) => flat.slice(WIDTH * row, WIDTH * (row + 1)));
        return dot(delta, forward([own, ...layers.slice(l + 1)], into));
      };
      return squares(differences(loss, matrix.flat()));
    }),
  );
  const jacobian = Array.from({ length: WIDTH }, (_, unit) =>
    differences((x) => forward(layers, x)[unit] as number, columnOf(inputs, 0)),
  ).flat();
  return { gradient, weight, jacobian, layers, columns };
}

/** Σ(∂ℓ/∂a_l)² by the chain rule, `through` saying what brings ∂ℓ/∂z_{l+1} to a_l. */
function backward({ layers, columns }: ReturnType<typeof expected>, through: (matrix: Matrix) => Matrix): Vector {
  return layers.map((_, l) =>
    columns.reduce((total, { x, delta }) => {
      let back = delta;
      for (let k = DEPTH - 1; k > l; k--) {
        const a = forward(layers.slice(0, k + 1), x);
        const inner = back.map((value, unit) => value * BETA * (1 - (a[unit] as number) ** 2));
        back = through(layers[k] as Matrix).map((row) => dot(row, inner));
      }
      return total + squares(back);
    }, 0),
  );
}

const transpose = (matrix: Matrix): Matrix => matrix.map((_, i) => columnOf(matrix, i));

describe.each([
  ['independent', null],
  ['orthogonal', 1.2],
] as const)('gradients through %s weights', (_, gain) => {
  const job = jobOf(gain);
  const want = expected(job);

  it.each(Object.entries(KERNELS))('of the %s kernel are those of differences', (_, kernel) => {
    const { sums, jacobian } = kernel().networks(job)(KEYS, 0);
    const of = (layer: number, name: 'gradient' | 'weight') =>
      (sums[layer * LAYER_SUMS + SUM[name]] as number) *
      4 ** (sums[layer * LAYER_SUMS + SUM[`${name}Exponent`]] as number);
    for (let l = 0; l < DEPTH; l++)
      for (const name of ['gradient', 'weight'] as const)
        expect(of(l, name) / (want[name][l] as number), `${name} of layer ${l + 1}`).toBeCloseTo(1, 4);
    const scale = 2 ** (jacobian?.exponent ?? 0);
    for (const [at, value] of want.jacobian.entries())
      expect((jacobian?.matrix[at] ?? 0) * scale).toBeCloseTo(value, 4);
  });

  it('come back through Wᵀ, and not through W (negative control)', () => {
    const [right, wrong] = [backward(want, transpose), backward(want, (matrix) => matrix)];
    const off = (of: Vector) => Math.abs((of[0] as number) / (want.gradient[0] as number) - 1);
    expect(off(right)).toBeLessThan(1e-6);
    // Not one layer below the output: orthogonal matrices and their transposes keep the same norm.
    expect(off(wrong)).toBeGreaterThan(0.01);
  });
});
