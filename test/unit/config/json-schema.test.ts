import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../../src/config/json-schema.ts';

/**
 * Whether a validator of draft 2020-12 that knows nothing of this project takes a config. It refuses keywords that are none; that of
 * descriptions is one of editors.
 */
const isValid = new Ajv2020().addVocabulary(['enumDescriptions']).compile(configJsonSchema());

const shipped = ['configs', 'configs/claims'].flatMap((folder) =>
  readdirSync(folder).flatMap((file) => (file.endsWith('.yaml') ? [`${folder}/${file}`] : [])),
);

type Config = Readonly<Record<string, unknown>>;
const read = (file: string) => parse(readFileSync(file, 'utf8')) as Config;

describe.each(shipped)('%s', (file) => {
  const config = read(file);

  it('is what the JSON Schema allows', () => {
    expect(isValid(config), JSON.stringify(isValid.errors)).toBe(true);
  });

  it.each<[string, Config]>([
    ['an unknown key', { sample: 1024 }],
    ['a name with a slash', { name: 'a/b' }],
    ['no name', { name: undefined }],
    ['half a sample', { samples: 1.5 }],
    ['another experiment', { experiment: 'width' }],
    ['what is expected of no statistic', { expect: [{ relation: 'below', value: 1 }] }],
  ])('is not with %s', (_, change) => {
    expect(isValid({ ...config, ...change })).toBe(false);
  });
});

describe.each(['configs/gold-rule.yaml', 'configs/depth.yaml'])('%s', (file) => {
  it.each<[string, Config]>([
    ['a slope of 0', { beta: 0 }],
    ['a slope of 0 in a list', { beta: [1, 0] }],
    ['a range without an end', { beta: { from: 1, count: 4 } }],
    ['a misspelt name', { inputs: ['bernouli'] }],
    ['a misspelt kind', { inputs: [{ kind: 'bernouli', p: 0.5 }] }],
    ['a parameter outside its range', { inputs: [{ kind: 'bernoulli', p: 1 }] }],
    ['a parameter that is none', { initializers: [{ kind: 'he_normal', negative_slope: 1 }] }],
    ['a misspelt activation, not in a list', { activations: 'rellu' }],
  ])('is not allowed with %s', (_, change) => {
    expect(isValid({ ...read(file), ...change })).toBe(false);
  });
});

describe('configs/training.yaml', () => {
  const config = read('configs/training.yaml');

  it.each<[string, Config]>([
    ['a slope of 0', { common: { beta: 0, learningRate: 1 } }],
    ['data of no kind', { data: { kind: 'xorr', points: 64 } }],
    ['an arm with an unknown key', { arms: [{ initializer: 'zeros', activations: 'tanh' }] }],
    ['a misspelt optimizer', { arms: [{ initializer: 'zeros', optimizer: 'adm' }] }],
    ['inputs, which are of other experiments', { inputs: ['normal'] }],
  ])('is not allowed with %s', (_, change) => {
    expect(isValid({ ...config, ...change })).toBe(false);
  });
});
