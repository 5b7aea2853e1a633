import { beforeAll, describe, expect, it } from 'vitest';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { type DirectRows, planOf, simulateDirectly } from '../../support/direct-sweep.ts';

const [FAN_IN, FAN_OUT] = [512, 64];

/** Var(w) by initializer, in row order: Glorot & Bengio 2010, eq. 16 and eq. 1. */
const VARIANCES = { glorot_uniform: 2 / (512 + 64), glorot_normal: 2 / (512 + 64), standard_uniform: 1 / (3 * 512) };
const ACTIVATIONS = ['identity', 'logistic', 'tanh'] as const;
const SLOPES = [1, 3];

/** Rows of a layer 512 → 64, and what they are. */
let rows: DirectRows;
const cells = Object.entries(VARIANCES).flatMap(([initializer, variance]) =>
  ACTIVATIONS.flatMap((activation) => SLOPES.map((beta) => ({ initializer, variance, activation, beta }))),
);
const rowOf = (initializer: keyof typeof VARIANCES, activation: (typeof ACTIVATIONS)[number], beta = 1) =>
  cells.findIndex((c) => c.initializer === initializer && c.activation === activation && c.beta === beta);
const value = (statistic: string, row: number) => rows.entry(statistic, row).value as number;

beforeAll(async () => {
  const plan = await planOf({
    ...{ samples: 65_536, blocks: 64, seed: 'gains', fanIn: [FAN_IN], fanOut: [FAN_OUT] },
    // Normal weights on signs are exactly Gaussian.
    inputs: ['rademacher'],
    initializers: Object.keys(VARIANCES),
    activations: ACTIVATIONS,
    beta: SLOPES,
  });
  rows = simulateDirectly(new WasmKernel(), plan).rows(0, 0);
});

describe('gains of a layer 512 → 64', () => {
  /** Largest relative distance of χ from fan·Var(w)·E d². */
  const off = (forward: number, backward: number) =>
    Math.max(
      ...cells.flatMap(({ variance }, row) => {
        const square = variance * value('d_sq_mean', row);
        return [
          Math.abs(value('chi_forward', row) / (forward * square) - 1),
          Math.abs(value('chi_backward', row) / (backward * square) - 1),
        ];
      }),
    );

  it('are fan_in·Var(w)·E d² forward and fan_out·Var(w)·E d² backward', () => {
    expect(off(FAN_IN, FAN_OUT)).toBeLessThan(1e-14);
  });

  it('are not the other way round (negative control)', () => {
    expect(off(FAN_OUT, FAN_IN)).toBeGreaterThan(0.8);
  });

  it('carry a gradient back with .042 of its variance, not .33, through U[−1/√n, 1/√n] and g(u) = u', () => {
    const row = rowOf('standard_uniform', 'identity');
    expect(value('chi_backward', row)).toBeCloseTo(1 / 24, 12);
    expect(value('chi_backward', row).toFixed(3)).toBe('0.042');
    expect(value('chi_forward', row).toFixed(2)).toBe('0.33');
  });

  // Var z = 512·2/576 = 1.7778; E sech⁴ z and E s′(z)² by the trapezoid rule, 40,001 points over ±10.
  it.each([
    ['tanh', 0.3676405945925128],
    ['logistic', 0.03839978166609037],
  ] as const)('under Glorot weights and %s are those of an independent quadrature', (activation, square) => {
    const row = rowOf('glorot_normal', activation);
    for (const [name, fan] of [
      ['chi_forward', FAN_IN],
      ['chi_backward', FAN_OUT],
    ] as const) {
      const { value: measured, mcse, theory } = rows.entry(name, row);
      const truth = (fan * 2 * square) / (FAN_IN + FAN_OUT);
      expect((theory as number) / truth).toBeCloseTo(1, 10);
      // Student's t with 63 degrees of freedom: beyond 4.5 in 3e-5 of seeds.
      expect(Math.abs((measured as number) - truth)).toBeLessThan(4.5 * (mcse as number));
    }
  });
});

describe('the logistic in a sample', () => {
  const slopes = [0.1, 1, 2.5, 10];
  const sampled: { mean: number; variance: number; slope: number; symmetric: boolean }[] = [];

  beforeAll(async () => {
    const plan = await planOf({
      ...{ samples: 16_384, blocks: 64, seed: 'identities', fanIn: [1, 7, 64] },
      inputs: ['normal', 'exponential', { kind: 'bernoulli', p: 0.1, standardize: false }, 'rademacher'],
      initializers: ['standard_uniform', { kind: 'normal', std: 1 }, 'ones'],
      beta: slopes,
    });
    const sweep = simulateDirectly(new WasmKernel(), plan);
    for (const [fanIn] of plan.spec.fanIn.entries())
      for (const [input] of plan.inputs.entries()) {
        const unit = sweep.rows(input, fanIn);
        for (let row = 0; row < unit.rows; row++) {
          const of = (name: string) => unit.entry(name, row).value as number;
          sampled.push({
            mean: of('a_mean'),
            variance: of('a_var'),
            slope: of('d_mean') / (slopes[row % slopes.length] as number),
            symmetric: row < 2 * slopes.length,
          });
        }
      }
  });

  /** Largest relative distance of E h − E h² from E d/β, as h′ = βh(1 − h). */
  const furthest = (factor = 1) =>
    sampled.map(({ mean, variance, slope }) => Math.abs((mean - variance - mean * mean) / (factor * slope) - 1));

  it('has E h − E h² = E d/β, to 1e-6, whatever the inputs', () => {
    expect(Math.max(...furthest())).toBeLessThan(1e-6);
  });

  it('would notice 1e-5 of E d in every row (negative control)', () => {
    expect(Math.min(...furthest(1 + 1e-5))).toBeGreaterThan(1e-6);
  });

  it('has Var h = 1/4 − E d/β up to (h̄ − ½)², which symmetric weights keep small', () => {
    for (const { mean, variance, slope, symmetric } of sampled) {
      const bias = (mean - 0.5) * (mean - 0.5);
      expect(Math.abs(0.25 - slope - variance - bias)).toBeLessThan(1e-6 * slope);
      if (symmetric) expect(bias).toBeLessThan(1e-3);
    }
    expect(Math.max(...sampled.map(({ mean }) => (mean - 0.5) * (mean - 0.5)))).toBeGreaterThan(0.1);
  });
});
