import { describe, expect, it } from 'vitest';
import { INITIALIZERS, resolveInitializer, TRUNCATED_STD } from '../../../src/model/initializers.ts';
import { completeParameters } from '../../../src/model/parameters.ts';
import { entryNames, findEntry, getEntry } from '../../../src/model/registry.ts';
import { SHAPES } from '../../../src/model/shapes.ts';

const resolve = (kind: string, params: Record<string, number> = {}) => resolveInitializer({ kind, params });

describe('initializers', () => {
  it.each([
    // n·Var(w) at fan-in n = 96, fan-out 32.
    ['zeros', {}, 0],
    ['ones', {}, 0],
    ['constant', { value: 3 }, 0],
    ['uniform', { bound: 0.5 }, 96 / 12],
    ['normal', { std: 0.1 }, 0.96],
    ['truncated_normal', { std: 0.1 }, 0.96 * 0.7737413],
    ['sign', { std: 0.1 }, 0.96],
    ['standard_uniform', {}, 1 / 3],
    ['lecun_uniform', {}, 1],
    ['lecun_normal', {}, 1],
    ['lecun_truncated_normal', {}, 1],
    ['glorot_uniform', {}, (2 * 96) / 128],
    ['glorot_normal', {}, (2 * 96) / 128],
    ['glorot_truncated_normal', {}, (2 * 96) / 128],
    ['he_uniform', {}, 2],
    ['he_normal', {}, 2],
    ['he_truncated_normal', {}, 2],
    ['he_normal', { negativeSlope: 0.5 }, 1.6],
    ['orthogonal', { gain: 1.5 }, 2.25],
  ] as const)('%s(%j): n·Var(w) = %d', (kind, params, expected) => {
    expect(96 * resolve(kind, params).weightVariance(96, 32)).toBeCloseTo(expected, 6);
  });

  it('has the bounds of the papers', () => {
    expect(resolve('standard_uniform').scale(64, 1)).toBe(1 / 8);
    expect(resolve('lecun_uniform').scale(48, 7)).toBe(Math.sqrt(3 / 48));
    expect(resolve('glorot_uniform').scale(30, 24)).toBeCloseTo(Math.sqrt(6 / 54), 15);
    expect(resolve('he_uniform').scale(24, 7)).toBeCloseTo(0.5, 15);
    expect(resolve('constant', { value: -2.5 }).scale(9, 9)).toBe(-2.5);
  });

  it('corrects Keras’ truncation by the standard deviation that the cut leaves', () => {
    expect(TRUNCATED_STD).toBeCloseTo(Math.sqrt(SHAPES.truncated_normal.variance), 14);
  });

  it('finds PyTorch’s names', () => {
    for (const [alias, name] of [
      ['xavier_uniform', 'glorot_uniform'],
      ['xavier_normal', 'glorot_normal'],
      ['kaiming_uniform', 'he_uniform'],
      ['kaiming_normal', 'he_normal'],
      ['torch_linear', 'standard_uniform'],
    ] as const)
      expect(findEntry(INITIALIZERS, alias)?.name).toBe(name);
    expect(findEntry(INITIALIZERS, 'he_gaussian')).toBeUndefined();
    expect(() => getEntry(INITIALIZERS, 'he_gaussian', 'initializer')).toThrow('unknown initializer "he_gaussian"');
  });

  it('has no name or label twice', () => {
    const names = entryNames(INITIALIZERS);
    expect(new Set(names).size).toBe(names.length);
    const labels = INITIALIZERS.map((entry) => {
      const required = Object.fromEntries(entry.parameters.filter((p) => p.default === null).map((p) => [p.name, 1]));
      return resolve(entry.name, required).label;
    });
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('labels by what differs from the default', () => {
    expect(resolve('he_normal').label).toBe('he_normal');
    expect(resolve('kaiming_normal', { negativeSlope: 0 }).label).toBe('he_normal');
    expect(resolve('he_normal', { negativeSlope: 0.2 }).label).toBe('he_normal(negativeSlope=0.2)');
    expect(resolve('constant', { value: 0 }).label).toBe('constant(value=0)');
    expect(() => completeParameters(getEntry(INITIALIZERS, 'constant', '').parameters, {})).toThrow('value');
  });
});
