import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configJsonSchemaText } from '../../../src/config/json-schema.ts';
import { loadSweep } from '../../../src/config/load.ts';
import { checkExpectations } from '../../../src/report/claims/check-expectations.ts';
import { layerSweep } from '../../support/layer-sweep.ts';

const yamlIn = (folder: string) => readdirSync(folder).filter((file) => file.endsWith('.yaml'));

const files = yamlIn('configs');
const claims = yamlIn('configs/claims');

describe.each(files)('configs/%s', (file) => {
  it('is a valid sweep named after its file', async () => {
    const { spec } = await loadSweep(`configs/${file}`);
    expect(`${spec.name}.yaml`).toBe(file);
  });

  it('starts with its schema for editors and a comment', () => {
    const [schema, ...rest] = readFileSync(`configs/${file}`, 'utf8').split('\n');
    expect(schema).toBe('# yaml-language-server: $schema=./schema.json');
    expect(rest.filter((line) => line.startsWith('# ')).length).toBeGreaterThan(0);
  });
});

describe.each(claims)('configs/claims/%s', (file) => {
  const load = () =>
    loadSweep(`configs/claims/${file}`, {
      checkExpectations: async (expectations, spec) => checkExpectations(expectations, spec),
    });

  it('is a valid sweep named after its file and its claim, with expectations that fit its tables', async () => {
    const { spec, expectations } = await load();
    expect([`${spec.name}.yaml`, spec.seed]).toEqual([file, spec.name]);
    expect(expectations?.claim?.id).toBe(spec.name);
    expect(expectations?.expect.length).toBeGreaterThan(0);
  });

  it('starts with its schema for editors and a comment', () => {
    const [schema, ...rest] = readFileSync(`configs/claims/${file}`, 'utf8').split('\n');
    expect(schema).toBe('# yaml-language-server: $schema=../schema.json');
    expect(rest.filter((line) => line.startsWith('# ')).length).toBeGreaterThan(0);
  });
});

describe('the main job', () => {
  it('has six inputs, one of them raw and one correlated, and 25 slopes', async () => {
    const { spec } = layerSweep(await loadSweep('configs/gold-rule.yaml'));
    expect(spec.inputs).toHaveLength(6);
    expect(spec.inputs.filter((input) => !input.standardize).map((input) => input.kind)).toEqual(['bernoulli']);
    expect(spec.inputs.some((input) => input.kind === 'equicorrelated')).toBe(true);
    expect([spec.beta.length, spec.fanIn[0], spec.fanIn.at(-1)]).toEqual([25, 1, 4096]);
  });
});

describe('the reference sweep', () => {
  it('has 2,496 cells', async () => {
    const { spec } = layerSweep(await loadSweep('configs/reference.yaml'));
    const axes = [spec.fanIn, spec.inputs, spec.initializers, spec.activations, spec.beta];
    expect(axes.reduce((cells, axis) => cells * axis.length, 1)).toBe(2496);
    expect(spec.samples).toBe(262_144);
    expect(spec.inputs.map(({ kind }) => kind)).toEqual(['normal', 'uniform', 'rademacher', 'laplace']);
    expect(spec.initializers.slice(0, 3).map(({ kind }) => kind)).toEqual([
      'standard_uniform',
      'lecun_uniform',
      'he_uniform',
    ]);
    expect(spec.initializers[3]).toEqual({ kind: 'uniform', params: { bound: 1 } });
  });
});

describe('the empirical sweep', () => {
  it('holds Michelson’s 100 measurements, by their published mean and standard deviation', async () => {
    const { spec } = layerSweep(await loadSweep('configs/empirical.yaml'));
    const facts = spec.inputs[1]?.dataset;
    expect([facts?.rows, facts?.location]).toEqual([100, 852.4]);
    // Published with the divisor n − 1: 79.01.
    expect((facts?.spread ?? 0) * Math.sqrt(100 / 99)).toBeCloseTo(79.01, 2);
  });
});

describe('configs/schema.json', () => {
  it('is what initsweep schema prints', () => {
    expect(readFileSync('configs/schema.json', 'utf8')).toBe(configJsonSchemaText());
  });
});
