import { describe, expect, it } from 'vitest';
import { planDepth } from '../../src/depth/depth-plan.ts';
import { LAYER_FIELDS, RECORD } from '../../src/depth/layer-record.ts';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import type { DepthSpec } from '../../src/model/depth-spec.ts';
import { exp, log } from '../../src/numeric/elementary.ts';
import { type Estimate, jackknife, jackknifeRatio } from '../../src/stats/jackknife.ts';
import { DEPTH_SPEC, inputSpec, layersOf, modelSpec, recordsOfCell } from '../support/depth.ts';

const wasm = new WasmKernel();

/**
 * Errors allowed: |t₃₁| > 5 has probability 2e-5, and there are some 10³ comparisons of which few are independent. Below that,
 * mean-field theory itself is off by O(1/n).
 */
const ERRORS = 5;

interface Case {
  readonly initializer: string;
  readonly params?: Record<string, number>;
  readonly activation: string;
  readonly beta?: number;
  readonly biasStd?: number;
  readonly input?: string;
  /** Largest relative correction of order 1/n at width 256. */
  readonly slack: number;
}

const CASES: readonly Case[] = [
  { initializer: 'standard_uniform', activation: 'logistic', slack: 0.02 },
  { initializer: 'lecun_truncated_normal', activation: 'tanh', biasStd: 0.5, input: 'uniform', slack: 0.02 },
  { initializer: 'he_normal', activation: 'relu', slack: 0.03 },
  { initializer: 'orthogonal', params: { gain: 1.4 }, activation: 'erf', biasStd: 0.2, slack: 0.03 },
  { initializer: 'sign', params: { std: 0.08 }, activation: 'gelu', input: 'rademacher', slack: 0.03 },
  { initializer: 'glorot_uniform', activation: 'softplus', beta: 0.5, biasStd: 0.1, slack: 0.03 },
  { initializer: 'he_uniform', activation: 'silu', beta: 2, slack: 0.03 },
  { initializer: 'lecun_normal', activation: 'elu', input: 'exponential', slack: 0.03 },
  { initializer: 'he_normal', params: { negativeSlope: 0.2 }, activation: 'leaky_relu', slack: 0.03 },
  { initializer: 'lecun_normal', activation: 'identity', slack: 0.03 },
];

const COMPARED = ['z_var', 'a_var', 'chi', 'grad_var', 'weight_grad_rms'] as const;

const specOf = ({ initializer, params, activation, beta = 1, biasStd = 0, input = 'normal' }: Case): DepthSpec => ({
  ...{ ...DEPTH_SPEC, width: [256], depth: 4, batch: 32, samples: 64, correlation: input === 'normal' ? 0.3 : 0 },
  ...{ biasStd, beta: [beta], inputs: [inputSpec(input)] },
  initializers: [modelSpec(initializer, params)],
  activations: [modelSpec(activation)],
});

describe('networks of width 256 against mean-field theory', () => {
  it.each(CASES)('$initializer $activation', (each) => {
    const rows = layersOf(wasm, specOf(each));
    for (let layer = 1; layer <= 4; layer++) {
      const within = (name: string, slack: number) => {
        const [value, theory, mcse] = ['', '_theory', '_mcse'].map((part) => rows.at(name + part, layer)) as [
          number,
          number,
          number,
        ];
        expect(
          Math.abs(value - theory),
          `${name} of layer ${layer}: ${value} ± ${mcse}, theory ${theory}`,
        ).toBeLessThan(ERRORS * mcse + slack);
      };
      for (const name of COMPARED) within(name, each.slack * rows.at(`${name}_theory`, layer));
      within('a_mean', 0.005);
      within('correlation', 0.02);
      within('grad_log_var', each.slack * 2);
      if (!Number.isNaN(rows.at('saturated_mcse', layer))) within('saturated', 0.01);
    }
  });

  it('would notice a wrong rule, slope or bias (negative control)', () => {
    const [article] = CASES as [Case];
    const rows = layersOf(wasm, specOf(article));
    for (const wrong of [
      { ...article, initializer: 'lecun_uniform' },
      { ...article, beta: 1.1 },
      { ...article, biasStd: 0.3 },
    ]) {
      const other = layersOf(wasm, specOf(wrong));
      const off = Math.abs(rows.at('z_var', 3) - other.at('z_var_theory', 3));
      const chi = Math.abs(rows.at('chi', 3) - other.at('chi_theory', 3));
      expect(Math.max(off / rows.at('z_var_mcse', 3), chi / rows.at('chi_mcse', 3))).toBeGreaterThan(2 * ERRORS);
    }
  });
});

describe('finite width', () => {
  // Linear networks: E‖W·x‖² = σ_w²‖x‖² whatever the width, so these are exact, and the logarithm is not: −2/n a layer for a
  // normal matrix (E ln χ²_n/n = ψ(n/2) − ln(n/2)), the finite-width deviation in its purest form.
  it('linear networks have exact means, and a logarithm that falls by about 1/n a layer', () => {
    const spec = {
      ...specOf({ initializer: 'lecun_normal', activation: 'identity', slack: 0 }),
      width: [8],
      depth: 5,
      samples: 8192,
      batch: 16,
    };
    const rows = layersOf(wasm, spec);
    for (let layer = 1; layer <= 5; layer++)
      for (const name of ['z_var', 'grad_var'])
        expect(Math.abs(rows.at(name, layer) - 1) / rows.at(`${name}_mcse`, layer)).toBeLessThan(ERRORS);
    expect(rows.at('grad_log_var', 1)).toBeLessThan(-10 * rows.at('grad_log_var_mcse', 1));
  });

  it('shows at width 32 where it must not at infinity (negative control)', () => {
    const spec = {
      ...specOf({ initializer: 'lecun_normal', activation: 'tanh', slack: 0 }),
      width: [32],
      depth: 6,
      samples: 4096,
      batch: 16,
    };
    const rows = layersOf(wasm, spec);
    const off = Math.abs(rows.at('z_var', 6) - rows.at('z_var_theory', 6)) / rows.at('z_var_mcse', 6);
    expect(off).toBeGreaterThan(2 * ERRORS);
  });
});

describe('ratios of gradient variances', () => {
  it('are χ, a layer at a time', () => {
    const plan = planDepth({ ...specOf({ initializer: 'lecun_uniform', activation: 'logistic', slack: 0 }), depth: 6 });
    const records = recordsOfCell(wasm, plan);
    const rows = layersOf(wasm, plan.spec);
    const gradient = (layer: number) =>
      records.map((record) => record[(layer - 1) * LAYER_FIELDS + RECORD.gradient] as number);
    for (let layer = 2; layer <= 6; layer++) {
      const { value, mcse } = jackknifeRatio(gradient(layer - 1), gradient(layer));
      const chi = rows.at('chi_theory', layer);
      expect(Math.abs((value ?? 0) - chi)).toBeLessThan(ERRORS * (mcse ?? 0) + 0.005 * chi);
    }
  });
});

describe('correlations of two inputs', () => {
  const tanh = (gain: number, correlation: number): DepthSpec => ({
    ...specOf({ initializer: 'normal', params: { std: gain / 16 }, activation: 'tanh', biasStd: 0.3, slack: 0 }),
    ...{ depth: 12, batch: 16, correlation },
  });

  /** By how much 1 − c falls a layer, from layer 6 to layer 12. */
  function decay(spec: DepthSpec): Estimate {
    const rows = recordsOfCell(wasm, planDepth(spec)).flatMap((record) =>
      [6, 12].flatMap((layer) =>
        [RECORD.zSquare, RECORD.zPairs].map((field) => record[(layer - 1) * LAYER_FIELDS + field] as number),
      ),
    );
    const apart = (square: number, pairs: number) => 1 - pairs / square;
    return jackknife(Float64Array.from(rows), 4, ([s6 = 0, p6 = 0, s12 = 0, p12 = 0]) =>
      exp(log(apart(s12, p12) / apart(s6, p6)) / 6),
    );
  }

  it('near 1 go to 1 within the depth scale where χ < 1', () => {
    const spec = tanh(0.9, 0.98);
    const scale = layersOf(wasm, spec).at('depth_scale', 1);
    const { value, mcse } = decay(spec);
    expect(Math.abs((value ?? 0) - exp(-1 / scale))).toBeLessThan(ERRORS * (mcse ?? 0));
    // Another gain has another (negative control).
    expect(Math.abs((value ?? 0) - exp(-1 / layersOf(wasm, tanh(1.1, 0.98)).at('depth_scale', 1)))).toBeGreaterThan(
      ERRORS * (mcse ?? 0),
    );
  });

  it('go to c* where χ > 1', () => {
    const rows = layersOf(wasm, { ...tanh(2.5, 0.6), depth: 30 });
    const limit = rows.at('c_star', 1);
    const off = (layer: number) => Math.abs(rows.at('correlation', layer) - limit) / rows.at('correlation_mcse', layer);
    expect(limit).toBeGreaterThan(0.05);
    expect(limit).toBeLessThan(0.5);
    expect(off(30)).toBeLessThan(ERRORS);
    // Where it has come from (negative control).
    expect(off(1)).toBeGreaterThan(2 * ERRORS);
  });
});
