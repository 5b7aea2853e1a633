import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTraining } from '../../../src/config/is-training.ts';
import { codeBlocks } from '../../support/code-blocks.ts';
import { readTraining, shippedPlan, trainingPlan } from '../../support/training.ts';

const MINIMAL = {
  name: 'minimal',
  experiment: 'training',
  data: { kind: 'xor', points: 20 },
  network: { hidden: [4] },
  steps: 100,
  target: 0.1,
  arms: [{ initializer: 'he_normal', learningRate: 0.1 }],
};

describe('a training config', () => {
  it('has defaults', async () => {
    const { spec } = await trainingPlan(MINIMAL);
    expect(spec).toMatchObject({ loss: 'cross_entropy', batch: 'full', samples: 128, blocks: 32, baseline: 'arm' });
    expect(spec.network.output).toBe('logistic');
    expect(spec.record).toHaveLength(51);
    expect(spec.arms[0]).toMatchObject({
      optimizer: 'sgd',
      beta: 1,
      scale: 1,
      epsilon: 1e-8,
      activation: { kind: 'logistic' },
    });
  });

  it('multiplies lists and ranges of an arm out, and names what varies', async () => {
    const arms = [
      { initializer: ['zeros', 'normal'], learningRate: { from: 0.1, to: 10, count: 3, scale: 'log' } },
      { name: 'slow', initializer: 'normal', learningRate: [1e-3, 1e-4] },
    ];
    const { spec } = await trainingPlan({ ...MINIMAL, arms });
    expect(spec.arms.map(({ name }) => name)).toEqual([
      'zeros, learningRate=0.1',
      'zeros, learningRate=1',
      'zeros, learningRate=10',
      'normal, learningRate=0.1',
      'normal, learningRate=1',
      'normal, learningRate=10',
      'slow (learningRate=0.001)',
      'slow (learningRate=0.0001)',
    ]);
  });

  it.each([
    'configs/training.yaml',
    ...['C5', 'C6', 'C7', 'C7-adam', 'C8', 'C8-balanced'].map((c) => `configs/claims/${c}.yaml`),
  ])('%s is known again from its own words, and not when a part is changed', async (path) => {
    const { spec } = await shippedPlan(path);
    const copy = () => JSON.parse(JSON.stringify(spec));
    expect(isTraining(copy())).toBe(true);
    expect(isTraining({ ...copy(), seed: [{ seed: 'one', blocks: spec.blocks }] })).toBe(true);
    const changes: ((spec: Record<string, unknown>) => void)[] = [
      (changed) => Object.assign(changed, { steps: -1 }),
      (changed) => Object.assign(changed, { surplus: 1 }),
      (changed) => Object.assign(changed, { baseline: 'nobody' }),
      (changed) => Object.assign(changed, { seed: [{ seed: 'one', blocks: spec.blocks + 1 }] }),
      (changed) => Object.assign((changed['arms'] as object[])[0] ?? {}, { beta: [1, 2] }),
      (changed) => Object.assign(changed['data'] as object, { facts: { digest: 'x' } }),
      (changed) => Object.assign(changed, { arms: null }),
    ];
    for (const change of changes) {
      const changed = copy();
      change(changed);
      expect(isTraining(changed)).toBe(false);
    }
  });

  it('is read from the example of the guide', async () => {
    const guide = readFileSync('docs/guide.md', 'utf8');
    const [example] = codeBlocks(guide, 'yaml').filter((block) => block.includes('experiment: training'));
    const { spec } = await trainingPlan(example);
    expect(spec.arms.map(({ name }) => name)).toContain('glorot_uniform, scale=10');
  });

  it('holds the 342 penguins in three classes', async () => {
    const { spec, outputs } = await shippedPlan('configs/training.yaml');
    expect(spec.data).toMatchObject({ facts: { rows: 342, inputs: 4, classes: 3 } });
    expect([spec.network.output, outputs]).toEqual(['softmax', 3]);
  });
});

describe('mistakes', () => {
  const cases: readonly [string, object, string, RegExp][] = [
    ['a misspelt key', { arms: [{ initializer: 'zeros', learningrate: 1 }] }, 'arms.0.learningrate', /learningRate/],
    [
      'a misspelt initializer',
      { arms: [{ initializer: 'he_norml', learningRate: 1 }] },
      'arms.0.initializer',
      /he_normal/,
    ],
    ['no learning rate', { arms: [{ initializer: 'zeros' }] }, 'arms.0', /learningRate/],
    [
      'a misspelt baseline',
      { arms: [{ ...MINIMAL.arms[0], name: 'he, slow' }], baseline: 'he slow' },
      'baseline',
      /did you mean .*he, slow/,
    ],
    ['ε of 0, which divides 0 by 0', { common: { epsilon: 0 } }, 'common.epsilon', /> 0|e-/],
    ['two arms of one name', { arms: [MINIMAL.arms[0], MINIMAL.arms[0]] }, 'arms.1', /each arm once/],
    ['a batch of more than all', { batch: 21 }, 'batch', /at most all 20/],
    ['a look beyond the end', { record: [0, 101] }, 'record', /0 … 100/],
    [
      'cross-entropy of values',
      { network: { hidden: [], output: 'identity' } },
      'network.output',
      /logistic or softmax/,
    ],
    [
      'a file that is not there',
      { data: { kind: 'file', file: 'none.csv', target: 'y' } },
      'data.file',
      /"received":"no such file","remedy":"looked for .*none.csv; paths start from the config's directory"/,
    ],
    [
      'a folder in place of a file',
      { data: { kind: 'file', file: 'data', target: 'y' } },
      'data.file',
      /not a regular file/,
    ],
    [
      'a file of another format',
      { data: { kind: 'file', file: 'training.yaml', target: 'y' } },
      'data.file',
      /"received":"\\"\.yaml\\"","allowed":"\.csv/,
    ],
    [
      'a column that is not there',
      { data: { kind: 'file', file: 'data/penguins.csv', target: 'specie' } },
      'data.file',
      /species/,
    ],
  ];
  it.each(cases)('%s', async (_, change, path, text) => {
    const { problems } = await readTraining({ ...MINIMAL, ...change });
    const found = problems.find((problem) => problem.path.join('.') === path);
    expect(found, JSON.stringify(problems)).toBeDefined();
    expect(JSON.stringify(found)).toMatch(text);
  });
});
