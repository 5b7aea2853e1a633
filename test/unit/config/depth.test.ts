import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { depthProblems } from '../../../src/config/depth-problems.ts';
import { depthSchema } from '../../../src/config/depth-schema.ts';
import { unsay } from '../../../src/config/fields.ts';
import type { DepthSpec } from '../../../src/model/depth-spec.ts';
import { DEPTH_SPEC, inputSpec, modelSpec } from '../../support/depth.ts';

const LEAST = {
  name: 'd',
  experiment: 'depth',
  width: 8,
  depth: 2,
  inputs: 'normal',
  initializers: 'he_normal',
  activations: 'relu',
};

/** What is allowed where the config is wrong, by path. */
function faults(config: object): Record<string, string> {
  const result = depthSchema().safeParse(config);
  if (result.success) return {};
  return Object.fromEntries(result.error.issues.map(({ path, message }) => [path.join('.'), unsay(message).allowed]));
}

describe('the schema of a depth experiment', () => {
  it('fills in defaults', () => {
    expect(depthSchema().parse(LEAST)).toEqual({
      ...{ name: 'd', seed: 'initsweep', experiment: 'depth', width: [8], depth: 2 },
      inputs: [{ kind: 'normal', params: { mean: 0, std: 1 }, standardize: true, data: null }],
      initializers: [modelSpec('he_normal', { negativeSlope: 0 })],
      activations: [modelSpec('relu')],
      ...{
        beta: [1],
        batch: 64,
        correlation: 0,
        biasStd: 0,
        jacobian: false,
        saturation: 0.1,
        samples: 256,
        blocks: 32,
      },
    });
  });

  it.each([
    [{ width: 5000 }, 'width', 'widths up to 4096'],
    [{ width: 0 }, 'width', /integer 1/],
    [{ depth: 1025 }, 'depth', 'integer 1 … 1024'],
    [{ batch: 24 }, 'batch', 'a multiple of 16 from 16 to 1024'],
    [{ batch: 0 }, 'batch', 'a multiple of 16 from 16 to 1024'],
    [{ correlation: 1.5 }, 'correlation', 'number -1 … 1'],
    [{ saturation: 1e-28 }, 'saturation', 'number ≥ 1e-9 and < 1'],
    [{ biasStd: -1 }, 'biasStd', /number 0/],
    [{ jacobian: 'yes' }, 'jacobian', 'true, false'],
    [{ blocks: 16 }, 'blocks', 'integer 32 … 4096'],
    [{ experiment: 'layer' }, 'experiment', 'depth'],
    [{ fanIn: 8 }, '', /width, depth/],
  ])('refuses %o', (change, path, allowed) => {
    const found = faults({ ...LEAST, ...change });
    expect(Object.keys(found)).toEqual([path]);
    expect(found[path]).toMatch(allowed);
  });

  it('takes widths as an axis', () => {
    expect(depthSchema().parse({ ...LEAST, width: { from: 32, to: 256, scale: 'log2' } }).width).toEqual([
      32, 64, 128, 256,
    ]);
  });
});

describe('what concerns several keys at once', () => {
  const problems = (change: Partial<DepthSpec>) =>
    depthProblems({ ...DEPTH_SPEC, ...change }).map(({ path }) => path.join('.'));

  it('nothing, in a small experiment', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ jacobian: true, width: [512], correlation: 0.5 })).toEqual([]);
  });

  it.each([
    [{ jacobian: true, width: [32, 513] }, ['jacobian']],
    [{ samples: 2 ** 24, blocks: 32 }, ['blocks']],
    [{ width: [4096], depth: 1024, batch: 1024 }, ['depth']],
    [{ initializers: [modelSpec('zeros'), modelSpec('zeros')] }, ['initializers.1']],
    [{ correlation: 0.1, inputs: [inputSpec('normal'), inputSpec('bernoulli', { p: 0.5 }, false)] }, ['inputs.1']],
    [{ beta: Array.from({ length: 30_000 }, (_, i) => 1 + i), depth: 100 }, ['']],
  ])('%o', (change, paths) => {
    expect(problems(change as Partial<DepthSpec>)).toEqual(paths);
  });

  it('standardised rows come in no correlated pairs: their columns have means', () => {
    const dataset = {
      ...{ file: 'rows.csv', column: null, draw: 'rows' as const, digest: '', rows: 2, columns: 32 },
      ...{ location: 0, spread: 1, moments: null, central: null, rowMoments: [] },
    };
    const pairs = (correlation: number) => problems({ correlation, inputs: [{ ...inputSpec('empirical'), dataset }] });
    expect(pairs(0.5)).toEqual(['inputs.0']);
    expect(pairs(0)).toEqual([]);
  });

  it('raw inputs may come in pairs that are independent', () => {
    expect(problems({ inputs: [inputSpec('bernoulli', { p: 0.5 }, false)] })).toEqual([]);
  });
});

describe('configs/depth.yaml', () => {
  it('is a depth experiment of five rules', () => {
    const parsed = depthSchema().parse(
      parse(readFileSync(new URL('../../../configs/depth.yaml', import.meta.url), 'utf8')),
    );
    expect(parsed.initializers).toHaveLength(5);
    expect(parsed.depth).toBeGreaterThanOrEqual(20);
  });
});
