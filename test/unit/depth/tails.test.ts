import { describe, expect, it } from 'vitest';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { DepthSpec } from '../../../src/model/depth-spec.ts';
import { NOTES } from '../../../src/stats/statistics.ts';
import { DEPTH_SPEC, inputSpec, type LayerRows, layersOf, modelSpec } from '../../support/depth.ts';

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
  // Products of 60 matrices of side 4: e^(2·60/4), the relative variance, is 1e13, and 1024 networks see nothing of it.
  it.each(['identity', 'tanh'])('are unreliable in deep and narrow networks (%s), where they are', (activation) => {
    const rows = simulate('lecun_normal', activation, { width: [4], depth: 60, samples: 1024, jacobian: true });
    const linear = activation === 'identity';
    for (const [name, layer] of [
      ...([
        ['grad_var', 1],
        ['weight_grad_rms', 1],
        ['jac_mean_sq', 60],
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
      expect(rows.at(`${name}_zscore`, layer)).toBeNaN();
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
    const rows = simulate('he_normal', 'tanh', { inputs, depth: 2, samples: 256 });
    expect(rows.at('z_var_theory', 1)).toBeCloseTo(2, 12);
    expect(Math.abs(rows.at('z_var_zscore', 1))).toBeLessThan(5); // t₃₁: 2e-5
    expect(rows.at('z_var_theory', 2)).toBeNaN();
    expect(rows.at('grad_var_theory', 2)).toBe(1);
    expect(rows.at('grad_var_theory', 1)).toBeNaN();
  });
});
