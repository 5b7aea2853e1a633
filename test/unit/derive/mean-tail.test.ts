import { expect, it } from 'vitest';
import { meanTail } from '../../../src/derive/mean-tail.ts';
import { zMoments } from '../../../src/theory/moments.ts';
import { input, raw, rowsInput, shape } from '../theory/models.ts';

it('a mean is tested where its skewness is known or symmetry makes it 0, not where it is unknown', () => {
  const verifiable = (weights: string, values: ReturnType<typeof input>, fanIn = 2) =>
    meanTail(zMoments(shape(weights), values, fanIn), 65_536).verifiable;
  const outlier = rowsInput([...Array.from({ length: 100 }, () => [0, 0]), [50, 50]]);
  expect(verifiable('constant', outlier)).toBe(false);
  // Symmetric weights make z symmetric, whatever the rows.
  expect(verifiable('normal', outlier)).toBe(true);
  for (const weights of ['constant', 'normal']) expect(verifiable(weights, input('student_t', { df: 3 }))).toBe(true);
  expect(verifiable('constant', raw('bernoulli', { p: 0.1 }))).toBe(true);
  expect(verifiable('constant', raw('bernoulli', { p: 1e-6 }))).toBe(false);
  // Nothing varies.
  expect(verifiable('constant', input('constant', { value: 0.1 }))).toBe(true);
});
