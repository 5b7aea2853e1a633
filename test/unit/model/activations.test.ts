import { describe, expect, it } from 'vitest';
import { ACTIVATION_CODES, ACTIVATIONS, resolveActivation } from '../../../src/model/activations.ts';
import { entryNames, findEntry } from '../../../src/model/registry.ts';

const CASES = [
  ...ACTIVATION_CODES.map((kind) => ({ kind, params: {} })),
  { kind: 'leaky_relu', params: { negativeSlope: 0.3 } },
  { kind: 'leaky_relu', params: { negativeSlope: -2 } },
  { kind: 'elu', params: { alpha: 0.5 } },
  { kind: 'elu', params: { alpha: 3 } },
] as const;

/** Values off every kink and every grid of the program. */
const POINTS = Array.from({ length: 4001 }, (_, i) => -20 + i / 100 + 0.00123);

describe.each(CASES)('activation $kind($params)', ({ kind, params }) => {
  const activation = resolveActivation({ kind, params });
  const { value, derivative, maxDerivative } = activation;

  it('has the derivative of its value', () => {
    const h = 1e-5;
    for (const u of POINTS.filter((_, i) => i % 10 === 0))
      expect(Math.abs((value(u + h) - value(u - h)) / (2 * h) - derivative(u)), `at ${u}`).toBeLessThan(2e-9);
  });

  it('has its largest derivative', () => {
    const largest = Math.max(...[...POINTS, -1e-9, 1e-9].map((u) => Math.abs(derivative(u))));
    expect(largest).toBeLessThanOrEqual(maxDerivative * (1 + 1e-15));
    expect(largest).toBeGreaterThan(maxDerivative * (1 - 2e-5));
  });

  it.each([1e-3, 0.01, 0.1, 0.114, 0.1143, 0.3, 0.9])('saturates where a scan finds |g′| under %d of it', (epsilon) => {
    const intervals = activation.saturation(epsilon);
    const inside = (u: number) => intervals.some(([from, to]) => u > from && u < to);
    const missed = POINTS.filter((u) => inside(u) !== Math.abs(derivative(u)) < epsilon * maxDerivative);
    expect(missed).toEqual([]);
    const ends = intervals.flat();
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    for (const end of ends.filter((u) => Number.isFinite(u) && !activation.kinks.includes(u)))
      expect(Math.abs(derivative(end)) / maxDerivative).toBeCloseTo(epsilon, 12);
  });
});

describe('activations', () => {
  const resolve = (kind: string, params = {}) => resolveActivation({ kind, params });

  it('take their codes from the list that the kernel shares', () => {
    expect(ACTIVATIONS.map(({ name }) => name)).toEqual([...ACTIVATION_CODES]);
    ACTIVATION_CODES.forEach((kind, code) => {
      expect(resolve(kind).code).toBe(code);
    });
    expect(resolve('leaky_relu').param).toBe(0.01);
    expect(resolve('elu', { alpha: 2 }).param).toBe(2);
    expect(resolve('tanh').param).toBe(0);
  });

  it('have the values of their definitions', () => {
    for (const u of [-3, -0.5, 0.25, 2]) {
      const s = 1 / (1 + Math.exp(-u));
      expect(resolve('identity').value(u)).toBe(u);
      expect(resolve('logistic').value(u)).toBeCloseTo(s, 15);
      expect(resolve('tanh').value(u)).toBeCloseTo(Math.tanh(u), 15);
      expect(resolve('relu').value(u)).toBe(Math.max(0, u));
      expect(resolve('leaky_relu').value(u)).toBe(u > 0 ? u : 0.01 * u);
      expect(resolve('elu').value(u)).toBeCloseTo(u > 0 ? u : Math.exp(u) - 1, 15);
      expect(resolve('silu').value(u)).toBeCloseTo(u * s, 15);
      expect(resolve('softplus').value(u)).toBeCloseTo(Math.log1p(Math.exp(u)), 15);
    }
    // Φ(1) and erf(1) from Abramowitz & Stegun, tables 26.1 and 7.1.
    expect(resolve('gelu').value(1)).toBeCloseTo(0.841344746068543, 14);
    expect(resolve('erf').value(1)).toBeCloseTo(0.8427007929497149, 15);
  });

  it('have the saturation sets that were worked out apart', () => {
    const logistic = resolve('logistic').saturation(0.1);
    expect(logistic.flat().map((u) => Number(u.toFixed(6)))).toEqual([-Infinity, -3.636893, 3.636893, Infinity]);
    expect(resolve('logistic').saturation(0.01)[1]?.[0]).toBeCloseTo(5.986446, 6);
    const gelu = resolve('gelu').saturation(0.1);
    expect(gelu.flat().map((u) => Number(u.toFixed(4)))).toEqual([-Infinity, -1.7282, -1.1583, -0.5324]);
    expect(resolve('relu').saturation(0.1)).toEqual([[-Infinity, 0]]);
    expect(resolve('leaky_relu').saturation(0.1)).toEqual([[-Infinity, 0]]);
    expect(resolve('leaky_relu').saturation(0.01)).toEqual([]);
    expect(resolve('leaky_relu', { negativeSlope: 20 }).saturation(0.1)).toEqual([[0, Infinity]]);
    expect(resolve('identity').saturation(0.5)).toEqual([]);
  });

  it('include a narrow interval around the zero of g′', () => {
    for (const kind of ['gelu', 'silu']) {
      const { derivative, maxDerivative, saturation } = resolve(kind);
      const [left, right] = saturation(1e-6)[1] ?? [0, 0];
      const h = 1e-4;
      const slope = (derivative(left + h) - derivative(left - h)) / (2 * h);
      expect(right - left).toBeCloseTo((2e-6 * maxDerivative) / slope, 8);
    }
  });

  it('count u = 0 of relu as not active, and keep precision far out', () => {
    expect(resolve('relu').derivative(0)).toBe(0);
    expect(resolve('relu').derivative(-0)).toBe(0);
    expect(resolve('tanh').derivative(30) / (4 * Math.exp(-60))).toBeCloseTo(1, 12);
    expect(resolve('softplus').value(-50) / Math.exp(-50)).toBeCloseTo(1, 12);
    for (const kind of ACTIVATION_CODES) {
      expect(Number.isFinite(resolve(kind).value(-1e30))).toBe(true);
      expect(Number.isFinite(resolve(kind).derivative(1e30))).toBe(true);
      expect(Number.isFinite(resolve(kind).derivative(-1e30))).toBe(true);
    }
  });

  it('have no name twice, aliases, and labels', () => {
    const names = entryNames(ACTIVATIONS);
    expect(new Set(names).size).toBe(names.length);
    expect(findEntry(ACTIVATIONS, 'sigmoid')?.name).toBe('logistic');
    expect(findEntry(ACTIVATIONS, 'swish')?.name).toBe('silu');
    const labels = CASES.map((spec) => resolveActivation(spec).label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.at(-1)).toBe('elu(alpha=3)');
  });
});
