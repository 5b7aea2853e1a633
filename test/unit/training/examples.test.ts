import { describe, expect, it } from 'vitest';
import { BatchOrder } from '../../../src/training/batch-order.ts';
import { examplesOf } from '../../../src/training/examples.ts';
import { planTraining } from '../../../src/training/training-plan.ts';
import { trainingPlan } from '../../support/training.ts';

const ROWS = 2000;

async function planOf(data: object, loss = 'cross_entropy') {
  const arms = [{ initializer: 'normal', learningRate: 1 }];
  return trainingPlan({
    name: 'examples',
    experiment: 'training',
    data,
    network: { hidden: [] },
    loss,
    steps: 1,
    target: 1,
    arms,
  });
}

/** Rows of the inputs and targets of a replicate. */
async function examples(data: object, { loss = 'cross_entropy', replicate = 0, outputs = 1 } = {}) {
  const { spec, datasets } = await planOf(data, loss);
  const { inputs, targets, rows } = examplesOf(spec, datasets, outputs, 0, replicate);
  const width = inputs.length / rows;
  return Array.from({ length: rows }, (_, i) => ({
    x: inputs.subarray(i * width, (i + 1) * width),
    y: targets[i * outputs] ?? Number.NaN,
    all: targets.subarray(i * outputs, (i + 1) * outputs),
  }));
}

const at = (values: Float64Array, i: number) => values[i] ?? Number.NaN;
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('spirals', () => {
  it('wind round the origin, class 1 turned by half, at inputs of variance 1', async () => {
    const points = await examples({ kind: 'spirals', points: ROWS, noise: 0, turns: 1.5, positive: 0.25 });
    expect(points.filter(({ y }) => y === 1)).toHaveLength(ROWS / 4);
    for (const { x, y } of points) {
      const radius = Math.hypot(at(x, 0), at(x, 1));
      const angle = 2 * Math.PI * 1.5 * (radius / Math.sqrt(6)) + y * Math.PI;
      expect(at(x, 0)).toBeCloseTo(radius * Math.cos(angle), 10);
      expect(at(x, 1)).toBeCloseTo(radius * Math.sin(angle), 10);
    }
    // (x₁² + x₂²)/2 = 3t² with t uniform: mean 1, variance 4/5. 5 standard errors: a false alarm in 2e6.
    const square = mean(points.map(({ x }) => (at(x, 0) ** 2 + at(x, 1) ** 2) / 2));
    expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt(0.8 / ROWS));
    // Negative control: with a radius of 2 it would be 2/3.
    expect(Math.abs((square * 4) / 6 - 1)).toBeGreaterThan(5 * Math.sqrt(0.8 / ROWS));
  });
});

describe('xor', () => {
  it('is of class 1 where the signs differ, with normal noise', async () => {
    for (const { x, y } of await examples({ kind: 'xor', points: 20, noise: 0 })) {
      expect([Math.abs(at(x, 0)), Math.abs(at(x, 1))]).toEqual([1, 1]);
      expect(y).toBe(at(x, 0) * at(x, 1) < 0 ? 1 : 0);
    }
    const noisy = await examples({ kind: 'xor', points: ROWS, noise: 0.3, positive: 0.3 });
    expect(noisy.filter(({ y }) => y === 1)).toHaveLength(600);
    // Noise of 0.3 crosses the axes in P(u > 1/0.3) = 4e-4 of the coordinates, so the distance to the nearest of ±1 is the noise.
    const squares = noisy.flatMap(({ x }) => [...x].map((value) => (Math.abs(value) - 1) ** 2));
    // 5 standard errors, 0.09·√(2/4000) each: a false alarm in 2e6.
    expect(Math.abs(mean(squares) - 0.09)).toBeLessThan(5 * 0.09 * Math.sqrt(2 / squares.length));
  });
});

describe('a teacher', () => {
  /** The direction E xy of standard normal inputs, to rounding where the residuals are 0. */
  function leastSquares(rows: Awaited<ReturnType<typeof examples>>, target: (y: number) => number): number[] {
    let v = [0, 0, 0];
    // Richardson iteration: the inputs have a covariance near 1.
    for (let i = 0; i < 60; i++) {
      const residuals = rows.map(({ x, y }) => target(y) - v.reduce((sum, own, k) => sum + own * at(x, k), 0));
      v = v.map((own, k) => own + mean(rows.map(({ x }, r) => (residuals[r] ?? 0) * at(x, k))));
    }
    return v;
  }
  const product = (v: readonly number[], x: Float64Array) => v.reduce((sum, own, k) => sum + own * at(x, k), 0);

  it('is a direction of length 1, and noise', async () => {
    const data = { kind: 'teacher', points: ROWS, inputs: 3, labels: 'values' };
    const exact = await examples({ ...data, noise: 0 }, { loss: 'mse' });
    const v = leastSquares(exact, (y) => y);
    expect(Math.hypot(...v)).toBeCloseTo(1, 10);
    for (const { x, y } of exact) expect(y).toBeCloseTo(product(v, x), 10);
    const noisy = await examples({ ...data, noise: 0.5 }, { loss: 'mse' });
    const fitted = leastSquares(noisy, (y) => y);
    const variance = mean(noisy.map(({ x, y }) => (y - product(fitted, x)) ** 2));
    // 5 standard errors, ¼·√(2/2000) each, and 3/2000 of it for the fit: a false alarm in 2e6.
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.25 * (5 * Math.sqrt(2 / ROWS) + 3 / ROWS));
  });

  it('of classes takes its sign', async () => {
    const rows = await examples({ kind: 'teacher', points: ROWS, inputs: 3 });
    // Of normal inputs, least squares on signs finds the direction to an angle of about √(3/2000), that share over π of the signs wrong.
    const v = leastSquares(rows, (y) => 2 * y - 1);
    const right = rows.filter(({ x, y }) => product(v, x) > 0 === (y === 1)).length;
    expect(right / ROWS).toBeGreaterThan(0.95);
    expect(new Set(rows.map(({ y }) => y))).toEqual(new Set([0, 1]));
  });
});

describe('examples', () => {
  it('are known by what is in a file, wherever it lies', async () => {
    const { spec, datasets, draws, hash } = await planOf({
      kind: 'file',
      file: 'data/penguins.csv',
      target: 'species',
    });
    const { data } = spec;
    if (data.kind !== 'file') throw new Error('no file');
    const moved = planTraining({ ...spec, data: { ...data, file: 'elsewhere.csv' } }, datasets);
    expect(moved.draws).toBe(draws);
    expect(moved.hash).not.toBe(hash);
    const other = { ...data, facts: { ...data.facts, digest: '0'.repeat(64) } };
    expect(planTraining({ ...spec, data: other }, datasets).draws).not.toBe(draws);
  });

  it('are drawn anew for each replicate, and those of a file are the same', async () => {
    const data = { kind: 'xor', points: 20 };
    expect(await examples(data, { replicate: 1 })).toEqual(await examples(data, { replicate: 1 }));
    expect(await examples(data, { replicate: 1 })).not.toEqual(await examples(data, { replicate: 2 }));
    const file = { kind: 'file', file: 'data/penguins.csv', target: 'species' };
    expect(await examples(file, { replicate: 1, outputs: 3 })).toEqual(
      await examples(file, { replicate: 2, outputs: 3 }),
    );
  });

  it('have one target of several that is 1, in the place of their class', async () => {
    const [one, two] = [1, 2].map((outputs) => examples({ kind: 'xor', points: 20 }, { outputs }));
    const classes = (await one)?.map(({ y }) => y);
    expect((await two)?.map(({ all }) => [...all])).toEqual(classes?.map((label) => [1 - label, label]));
  });
});

describe('BatchOrder', () => {
  it('cuts a permutation of the examples into batches, another one each epoch, the same for every arm', async () => {
    const { spec } = await planOf({ kind: 'xor', points: 10 });
    const [one, same, other] = [3, 3, 4].map((replicate) => new BatchOrder(spec, 2, replicate, 10, 3));
    const epochs = 2000;
    const left = new Float64Array(10);
    const seen = new Set<string>();
    let differ = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const indices: number[] = [];
      for (let batch = 0; batch < 3; batch++) {
        const own = [...(one?.at(3 * epoch + batch) ?? [])];
        expect([...(same?.at(3 * epoch + batch) ?? [])]).toEqual(own);
        if (`${other?.at(3 * epoch + batch)}` !== `${own}`) differ++;
        indices.push(...own);
      }
      const missing = left.findIndex((_, i) => !indices.includes(i));
      // Nine different ones of ten.
      expect(indices.toSorted((a, b) => a - b)).toEqual([...left.keys()].filter((i) => i !== missing));
      left[missing] = (left[missing] ?? 0) + 1;
      seen.add(`${indices}`);
    }
    expect(differ).toBeGreaterThan(0.9 * 3 * epochs);
    expect(seen.size).toBeGreaterThan(0.99 * epochs);
    // Each is left out in a tenth of the epochs. 5 standard errors, ten times: a false alarm in 2e5.
    for (const count of left) expect(Math.abs(count - epochs / 10)).toBeLessThan(5 * Math.sqrt(epochs * 0.1 * 0.9));
  });
});
