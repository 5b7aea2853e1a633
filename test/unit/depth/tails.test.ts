import { describe, expect, it } from 'vitest';
import { planDepth } from '../../../src/depth/depth-plan.ts';
import { depthTheory } from '../../../src/depth/depth-theory.ts';
import { RECORD } from '../../../src/depth/layer-record.ts';
import { firstSquares } from '../../../src/depth/log-variances.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { DepthSpec } from '../../../src/model/depth-spec.ts';
import type { Input } from '../../../src/model/inputs.ts';
import { NOTES } from '../../../src/stats/statistics.ts';
import {
  DEPTH_SPEC,
  FIRST,
  inputSpec,
  type LayerRows,
  layersOf,
  modelSpec,
  recordsOfCell,
} from '../../support/depth.ts';

import { raw, rowsInput, shape } from '../theory/models.ts';

const wasm = new WasmKernel();

const simulate = (initializer: string, activation: string, more: Partial<DepthSpec>): LayerRows =>
  layersOf(wasm, {
    ...{ ...DEPTH_SPEC, batch: 16, initializers: [modelSpec(initializer)], activations: [modelSpec(activation)] },
    ...more,
  });

const noteOf = (rows: LayerRows, name: string, layer: number): string | null =>
  NOTES[rows.at(`${name}_note`, layer)] ?? null;

const SQUARES = ['z_var', 'a_var', 'grad_var', 'weight_grad_rms'] as const;

describe('means of squares that are heavy-tailed', () => {
  // Products of 60 matrices of side 4: e^(2·60/4), the relative variance, is 1e13, and 4096 networks see nothing of it.
  it.each(['identity', 'tanh'])('are unreliable in deep and narrow networks (%s), where they are', (activation) => {
    const rows = simulate('lecun_normal', activation, { width: [4], depth: 60, samples: 4096, jacobian: true });
    const linear = activation === 'identity';
    for (const [name, layer] of [
      ...([
        ['grad_var', 1],
        ['weight_grad_rms', 1],
        ['jac_mean_sq', 60],
        ['jac_max', 60],
      ] as const),
      ...(linear
        ? ([
            ['z_var', 60],
            ['a_var', 60],
            ['weight_grad_rms', 60],
          ] as const)
        : []),
    ]) {
      expect(noteOf(rows, name, layer), `${name} of layer ${layer}`).toBe('unreliable');
      expect(rows.at(`${name}_mcse`, layer)).toBeGreaterThan(0);
      if (name !== 'jac_max') expect(rows.at(`${name}_zscore`, layer)).toBeNaN();
    }
    // The first pre-activation and the last gradient are one matrix away from what is drawn, and logarithms have light tails.
    for (const [name, layer] of [
      ['z_var', 1],
      ['grad_var', 60],
      ['grad_log_var', 1],
      ['a_mean', 60],
    ] as const)
      expect(noteOf(rows, name, layer), `${name} of layer ${layer}`).toBeNull();
    expect(rows.at('z_var_zscore', 1)).not.toBeNaN();
  });

  // Batches hide it: their mean gradient varies with a Var ln of 0.12 here, the Jacobian of one input with 1.7.
  it('are unreliable where those of a single input are', () => {
    const deep = { width: [32], depth: 20, samples: 256, batch: 64, jacobian: true };
    const rows = simulate('he_normal', 'tanh', deep);
    expect(noteOf(rows, 'jac_mean_sq', 20)).toBe('unreliable');
    expect(noteOf(rows, 'grad_var', 1)).toBeNull();
    const shallow = simulate('he_normal', 'tanh', { ...deep, depth: 1 });
    for (const name of ['jac_mean_sq', 'jac_max', 'jac_median']) expect(noteOf(shallow, name, 1), name).toBeNull();
  });

  it('are unreliable where some networks have died, whatever is left', () => {
    const rows = simulate('he_normal', 'relu', { width: [4], depth: 30, samples: 256 });
    expect(rows.at('grad_log_var', 1)).toBeNaN();
    expect(noteOf(rows, 'grad_var', 1)).toBe('unreliable');
  });

  it.each(['he_normal', 'orthogonal'])('carry no note in shallow and wide networks of %s weights', (initializer) => {
    const rows = simulate(initializer, 'relu', { width: [128], depth: 4, samples: 256 });
    for (const name of SQUARES)
      for (let layer = 1; layer <= 4; layer++) expect(noteOf(rows, name, layer), `${name} of ${layer}`).toBeNull();
  });

  it('carry no note where saturation forgets the norm, however deep', () => {
    const rows = simulate('standard_uniform', 'logistic', { width: [32], depth: 30, samples: 256 });
    for (let layer = 1; layer <= 30; layer++) expect(noteOf(rows, 'a_var', layer)).toBeNull();
  });
});

describe('what verify may test', () => {
  const student = { inputs: [inputSpec('student_t', { df: 5 })], width: [4], depth: 1 };
  const scored = (rows: LayerRows, name: string) => !Number.isNaN(rows.at(`${name}_zscore`, 1));

  // By the skewness of log-normal means all would be fine; p < 1e-3 came in 0.5% of right runs of 160 networks.
  it.each([
    [160, 'unreliable', false],
    [1024, null, false],
    [16384, null, true],
  ] as const)('a variance of %i networks: %s, %s', (samples, note, tested) => {
    const rows = simulate('he_normal', 'identity', { ...student, samples });
    expect(noteOf(rows, 'z_var', 1)).toBe(note);
    expect(scored(rows, 'z_var')).toBe(tested);
    expect(rows.at('z_var_mcse', 1)).toBeGreaterThan(0);
  });

  it.each([
    [32, 'unreliable', false],
    [256, null, false],
    [1024, null, true],
  ] as const)('gradients of %i networks of 4 × 16: %s, %s', (samples, note, tested) => {
    const rows = simulate('he_normal', 'identity', { width: [4], depth: 1, samples });
    expect(noteOf(rows, 'grad_var', 1)).toBe(note);
    expect(scored(rows, 'grad_var')).toBe(tested);
  });

  it('all that is constant', () => {
    const zeros = simulate('zeros', 'tanh', { depth: 2 });
    expect([zeros.at('z_var_zscore', 1), noteOf(zeros, 'z_var', 1)]).toEqual([0, 'degenerate']);
    expect(zeros.at('a_mean_zscore', 2)).toBe(0);
  });

  it('no gradient of zero weights that has the tails of the input', () => {
    const inputs = [inputSpec('lognormal', { sigma: 3 })];
    const of = (depth: number) => simulate('zeros', 'logistic', { inputs, width: [4], depth, samples: 1024 });
    const single = of(1);
    expect(single.at('weight_grad_rms_theory', 1)).toBeGreaterThan(0);
    expect(single.at('weight_grad_rms_mcse', 1)).toBeGreaterThan(0);
    expect(scored(single, 'weight_grad_rms')).toBe(false);
    // Behind zero weights it is 0.
    expect(of(2).at('weight_grad_rms_zscore', 1)).toBe(0);
  });
});

describe('what layers share inflates the variance of mean squares', () => {
  it.each([
    ['inputs and weights', {}],
    ['a bias', { biasStd: 1 }],
    ['pairs', { correlation: 1 }],
    ['all of these', { biasStd: 0.5, correlation: 0.8 }],
  ])('%s', (_, more) => {
    const samples = 4096;
    const spec = { ...DEPTH_SPEC, width: [8], batch: 8, depth: 1, initializers: [modelSpec('he_normal')], ...more };
    const plan = planDepth({ ...spec, samples, blocks: samples });
    const squares = recordsOfCell(wasm, plan).map((record) => record[RECORD.zSquare] as number);
    const mean = squares.reduce((a, b) => a + b) / samples;
    const relative = squares.reduce((sum, x) => sum + (x / mean - 1) ** 2, 0) / samples;
    const { k2, inflation } = depthTheory(plan, FIRST).firstSquares ?? { k2: 0, inflation: 0 };
    const expected = ((k2 - 1) * inflation) / 64;
    // Pairs share no more than is allowed for.
    expect(relative / expected).toBeLessThan(1.15);
    expect(relative / expected).toBeGreaterThan('correlation' in more ? 0.6 : 0.85);
  });
});

describe('inputs without a fourth moment', () => {
  const inputs = [inputSpec('student_t', { df: 3 })];
  const of = (activation: string) => simulate('he_normal', activation, { inputs, depth: 2, samples: 64 });

  it('leave the variance of the first layer without an error', () => {
    const rows = of('tanh');
    for (const name of ['z_var', 'weight_grad_rms']) {
      expect(noteOf(rows, name, 1)).toBe('infinite');
      for (const part of ['_mcse', '_zscore']) expect(rows.at(`${name}${part}`, 1)).toBeNaN();
    }
    expect(rows.at('z_var_theory', 1)).toBeCloseTo(2, 12);
    // What is bounded has every moment.
    for (const name of SQUARES) expect(rows.at(`${name}_mcse`, 2)).toBeGreaterThan(0);
  });

  it('and all layers, where the activation has no bound', () => {
    const rows = of('relu');
    for (const name of ['z_var', 'a_var'])
      for (const layer of [1, 2]) expect(noteOf(rows, name, layer)).toBe('infinite');
    expect(noteOf(rows, 'grad_var', 1)).toBeNull();
  });
});

describe('inputs whose norm stays random', () => {
  it('have no limit, but an exact variance in the first layer', () => {
    const inputs = [inputSpec('equicorrelated', { rho: 0.5 })];
    const rows = simulate('he_normal', 'tanh', { inputs, depth: 2, samples: 4096 });
    expect(rows.at('z_var_theory', 1)).toBeCloseTo(2, 12);
    expect(Math.abs(rows.at('z_var_zscore', 1))).toBeLessThan(5); // t₃₁: 2e-5
    expect(rows.at('z_var_theory', 2)).toBeNaN();
    expect(rows.at('grad_var_theory', 2)).toBe(1);
    expect(rows.at('grad_var_theory', 1)).toBeNaN();
  });
});

it('of constant weights on whole rows are unknown: networks add rows up as they are, and theory of sums is of centred ones', () => {
  const rows = rowsInput([
    [1e6, 1],
    [1e6 + 1, 3],
    [1e6, 2],
  ]);
  const of = (input: Input) =>
    firstSquares({ shape: shape('constant'), input, scale: 1 }, 2, { batch: 16, correlation: 0, biasStd: 0 });
  expect(of(rows)).toBeNull();
  expect(of(raw('uniform', { low: 0, high: 1 }))).not.toBeNull();
});
