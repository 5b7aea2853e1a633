import { describe, expect, it } from 'vitest';
import { haar } from '../../../src/training/haar.ts';
import { numericalRank } from '../../../src/training/numerical-rank.ts';
import { affine, backward, weightGradient } from '../../../src/training/products.ts';
import { TestRandom } from '../../support/random.ts';

const random = new TestRandom(5);
const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());
const rankOf = (matrix: Float64Array, rows: number, columns: number) =>
  numericalRank(matrix, rows, columns, new Float64Array(rows * columns));

describe('haar', () => {
  it.each([
    [5, 5],
    [3, 8],
    [8, 3],
    [1, 4],
    [4, 1],
  ])('%i × %i: orthonormal on the short side', (rows, columns) => {
    const q = normals(rows * columns);
    haar(q, rows, columns);
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    const entry = (vector: number, i: number) => q[rows <= columns ? vector * columns + i : i * columns + vector] ?? 0;
    for (let a = 0; a < count; a++)
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let i = 0; i < length; i++) sum += entry(a, i) * entry(b, i);
        expect(sum).toBeCloseTo(a === b ? 1 : 0, 14);
      }
  });

  it('is uniform: every entry has mean 0 and variance 1/n, and so has the trace mean 0 and variance 1', () => {
    const n = 4;
    const draws = 4000;
    const sums = new Float64Array(n * n);
    const squares = new Float64Array(n * n);
    let traces = 0;
    let traceSquares = 0;
    for (let i = 0; i < draws; i++) {
      const q = normals(n * n);
      haar(q, n, n);
      let trace = 0;
      q.forEach((value, k) => {
        sums[k] = (sums[k] ?? 0) + value;
        squares[k] = (squares[k] ?? 0) + value * value;
        if (k % (n + 1) === 0) trace += value;
      });
      traces += trace;
      traceSquares += trace * trace;
    }
    // 5 standard errors, 34 comparisons: a false alarm has probability 2e-5. q² is Beta(½, 3/2): variance 1/32. The trace of a
    // random rotation has variance 1 and fourth moment 3 (Diaconis & Shahshahani 1994). Without the signs of R its mean is not 0.
    for (const sum of sums) expect(Math.abs(sum / draws)).toBeLessThan(5 * Math.sqrt(1 / n / draws));
    for (const square of squares) expect(Math.abs(square / draws - 1 / n)).toBeLessThan(5 * Math.sqrt(1 / 32 / draws));
    expect(Math.abs(traces / draws)).toBeLessThan(5 / Math.sqrt(draws));
    expect(Math.abs(traceSquares / draws - 1)).toBeLessThan(5 * Math.sqrt(2 / draws));
  });
});

describe('numericalRank', () => {
  it('knows zero, identical and independent rows', () => {
    expect(rankOf(new Float64Array(12), 3, 4)).toBe(0);
    const row = normals(4);
    expect(rankOf(Float64Array.from([...row, ...row, ...row]), 3, 4)).toBe(1);
    expect(rankOf(normals(12), 3, 4)).toBe(3);
    expect(rankOf(normals(12), 4, 3)).toBe(3);
  });

  it.each([1, 2, 3, 5, 8])('a product of %i columns and rows has that rank, at any scale', (rank) => {
    const [rows, columns] = [9, 12];
    const [a, b] = [normals(rows * rank), normals(rank * columns)];
    for (const scale of [1, 1e-150, 1e150]) {
      const product = new Float64Array(rows * columns);
      for (let i = 0; i < rows; i++)
        for (let k = 0; k < columns; k++)
          for (let r = 0; r < rank; r++)
            product[i * columns + k] =
              (product[i * columns + k] ?? 0) + scale * (a[i * rank + r] ?? 0) * (b[r * columns + k] ?? 0);
      expect(rankOf(product, rows, columns)).toBe(rank);
    }
  });

  it('counts a singular value above the threshold, and not one below it', () => {
    const diagonal = (small: number) => Float64Array.of(1, 0, 0, small);
    expect(rankOf(diagonal(3 * 2 ** -52), 2, 2)).toBe(2);
    expect(rankOf(diagonal(2 ** -52), 2, 2)).toBe(1);
  });
});

describe('products', () => {
  const [rows, fanIn, fanOut] = [6, 7, 5];
  const at = 3;
  const theta = normals(at + (fanIn + 1) * fanOut);
  const inputs = normals(rows * fanIn);
  const delta = normals(rows * fanOut);
  const w = (j: number, k: number) => theta[at + j * fanIn + k] ?? 0;
  const sum = (count: number, term: (i: number) => number) => {
    let total = 0;
    for (let i = 0; i < count; i++) total += term(i);
    return total;
  };

  it('equal plain loops to the bit', () => {
    const out = new Float64Array(rows * fanOut);
    affine(inputs, theta, at, out, rows, fanIn, fanOut);
    const gradient = new Float64Array(theta.length);
    weightGradient(inputs, delta, gradient, at, rows, fanIn, fanOut, 0.3);
    const below = new Float64Array(rows * fanIn);
    backward(delta, theta, at, inputs, below, rows, fanIn, fanOut);
    for (let j = 0; j < fanOut; j++) {
      for (let s = 0; s < rows; s++)
        expect(out[s * fanOut + j]).toBe(
          sum(fanIn, (k) => w(j, k) * (inputs[s * fanIn + k] ?? 0)) + (theta[at + fanIn * fanOut + j] ?? 0),
        );
      for (let k = 0; k < fanIn; k++)
        expect(gradient[at + j * fanIn + k]).toBe(
          0.3 * sum(rows, (s) => (delta[s * fanOut + j] ?? 0) * (inputs[s * fanIn + k] ?? 0)),
        );
      expect(gradient[at + fanIn * fanOut + j]).toBe(0.3 * sum(rows, (s) => delta[s * fanOut + j] ?? 0));
    }
    for (let s = 0; s < rows; s++)
      for (let k = 0; k < fanIn; k++)
        expect(below[s * fanIn + k]).toBe(
          sum(fanOut, (j) => (delta[s * fanOut + j] ?? 0) * w(j, k)) * (inputs[s * fanIn + k] ?? 0),
        );
  });
});
