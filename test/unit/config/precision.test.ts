import { describe, expect, it } from 'vitest';
import { sweepFromObject } from '../../../src/config/load.ts';
import { complaint, configText, parse } from '../../support/config-text.ts';

const MAX = 'maxSamples: 16777216';
const AXES = {
  fanIn: '[1, 16, 64]',
  inputs: '[normal, {kind: bernoulli, p: 0.1, standardize: false}, bernoulli]',
  initializers: '[torch_linear, zeros, he_normal]',
  activations: '[logistic, tanh, relu]',
  beta: '{from: 0.1, to: 10, count: 5, scale: log}',
};

describe('a precision', () => {
  it('gets its defaults: all cells, no sooner than samples', async () => {
    const { spec } = await parse(configText({ precision: `{statistic: z_var, relative: 0.002, ${MAX}}` }));
    expect(spec.precision).toEqual({
      statistic: 'z_var',
      target: { kind: 'relative', value: 0.002 },
      cells: { inputs: null, fanIn: null, fanOut: null, initializers: null, activations: null, beta: null },
      minSamples: 1_048_576,
      maxSamples: 16_777_216,
    });
    expect(Object.isFrozen(spec.precision?.cells)).toBe(true);
  });

  it('names cells by label, name or alias, number or range, and keeps them as and where the axes have them', async () => {
    const cells = `{inputs: [bernoulli(p=0.1, raw)], initializers: [kaiming_normal, standard_uniform], activations: relu,
      fanIn: {from: 16, to: 64, step: 48}, beta: [1, 0.31622776601]}`;
    const precision = `{statistic: a_mean, absolute: 1e-4, minSamples: 2e6, ${MAX}, cells: ${cells}}`;
    const { spec } = await parse(
      configText({ ...AXES, precision }).replace('[bernoulli(p=0.1, raw)]', '["bernoulli(p=0.1, raw)"]'),
    );
    expect(spec.precision).toMatchObject({
      target: { kind: 'absolute', value: 1e-4 },
      cells: {
        inputs: ['bernoulli(p=0.1, raw)'],
        initializers: ['standard_uniform', 'he_normal'],
        activations: ['relu'],
        fanIn: [16, 64],
        fanOut: null,
        beta: [0.316227766017, 1],
      },
      minSamples: 2e6,
    });
  });

  it('takes a name for all levels of that name, but a label for that level alone', async () => {
    const inputs = '[{kind: bernoulli, p: 0.1, standardize: false}, normal, {kind: bernoulli, p: 0.25}]';
    const named = (cells: string) =>
      parse(configText({ inputs, precision: `{statistic: z_var, relative: 0.1, ${MAX}, cells: ${cells}}` }));
    const both = await named('{inputs: bernoulli}');
    expect(both.spec.precision?.cells.inputs).toEqual(['bernoulli(p=0.1, raw)', 'bernoulli(p=0.25)']);
    const one = await parse(
      configText({ ...AXES, precision: `{statistic: z_var, relative: 0.1, ${MAX}, cells: {inputs: bernoulli}}` }),
    );
    expect(one.spec.precision?.cells.inputs).toEqual(['bernoulli']);
  });

  it('takes fan-outs where they are an axis', async () => {
    const precision = `{statistic: chi_backward, relative: 0.1, ${MAX}, cells: {fanOut: 8}}`;
    expect((await parse(configText({ fanOut: '[4, 8]', precision }))).spec.precision?.cells.fanOut).toEqual([8]);
  });

  it('can be given as an object', async () => {
    const { spec } = await sweepFromObject({
      name: 'x',
      fanIn: 1,
      inputs: 'normal',
      initializers: 'he_normal',
      activations: 'relu',
      precision: { statistic: 'd_mean', relative: 0.01, maxSamples: 2 ** 22 },
    });
    expect(spec.precision?.statistic).toBe('d_mean');
  });
});

describe('a precision that cannot be', () => {
  it.each<[string, string, string]>([
    [
      'a misspelt statistic',
      `statistic: z_vra, relative: 0.1, ${MAX}`,
      'sweep.yaml:6:24 precision.statistic: received "z_vra"; allowed: z_mean, z_var,',
    ],
    ['… is guessed', `statistic: z_vra, relative: 0.1, ${MAX}`, 'did you mean "z_var"?'],
    [
      'an extreme',
      `statistic: z_absmax, relative: 0.1, ${MAX}`,
      'z_absmax is an extreme of the sample and has no standard error',
    ],
    [
      'no target',
      `statistic: z_var, ${MAX}`,
      'precision: received an object with statistic, maxSamples; allowed: relative or absolute; add relative: …',
    ],
    [
      'two targets',
      `statistic: z_var, relative: 0.1, absolute: 0.1, ${MAX}`,
      'precision.absolute: received 0.1; allowed: relative or absolute, not both; remove one of the two',
    ],
    [
      'a target of 0',
      `statistic: z_var, relative: 0, ${MAX}`,
      'precision.relative: received 0; allowed: number > 0 and < 1',
    ],
    [
      'no end',
      'statistic: z_var, relative: 0.1',
      'precision.maxSamples: received nothing; allowed: integer 1 … 4294967296',
    ],
    ['a misspelt key', `statistic: z_var, relativ: 0.1, ${MAX}`, 'did you mean "relative"?'],
    [
      'a level that is not on its axis',
      `statistic: z_var, relative: 0.1, ${MAX}, cells: {fanIn: [16, 8]}`,
      'precision.cells.fanIn[1]: received 8; allowed: 1, 16, 64; name levels of fanIn, or leave fanIn out for all',
    ],
    [
      'a misspelt input',
      `statistic: z_var, relative: 0.1, ${MAX}, cells: {inputs: [norml]}`,
      'precision.cells.inputs[0]: received "norml"; allowed: normal, bernoulli(p=0.1, raw), bernoulli; did you mean "normal"?',
    ],
    [
      'a registered name that is not on its axis',
      `statistic: z_var, relative: 0.1, ${MAX}, cells: {activations: gelu}`,
      'precision.cells.activations[0]: received "gelu"; allowed: logistic, tanh, relu',
    ],
    [
      'a prototype',
      `statistic: z_var, relative: 0.1, ${MAX}, cells: {initializers: [constructor, __proto__]}`,
      'precision.cells.initializers[1]: received "__proto__"',
    ],
    [
      'an axis that is none',
      `statistic: z_var, relative: 0.1, ${MAX}, cells: {fanOut: 16}`,
      'precision.cells.fanOut: received an axis that the sweep does not have; allowed: fanOut where the sweep gives fanOut a list; use fanIn',
    ],
    [
      'the mean of odd activations',
      `statistic: a_mean, relative: 0.1, ${MAX}`,
      'precision.relative: received 0.1; allowed: absolute for a_mean of tanh, whose true value is 0; use absolute: … (a plain number), or name other activations in cells',
    ],
    [
      'a first round alone',
      'statistic: z_var, relative: 0.1, maxSamples: 2097151',
      'precision.maxSamples: received 2097151, where the first round has 1048576 samples; allowed: 2097152 or more: the target must hold at two rounds; raise maxSamples, or lower samples',
    ],
    [
      'too many blocks',
      'statistic: z_var, relative: 0.1, maxSamples: 67125248',
      'precision.maxSamples: received 67125248, which is 4097 blocks of 16384 samples; allowed: at most 4096 blocks, which hold 67108864 samples; lower maxSamples, or use samples: 1048832 or more for larger blocks',
    ],
    [
      'too late a start',
      'statistic: z_var, relative: 0.1, minSamples: 2097153, maxSamples: 2097160',
      'precision.minSamples: received 2097153; allowed: at most 2097152, the whole blocks of maxSamples',
    ],
  ])('%s', async (_, precision, expected) => {
    expect(await complaint(parse(configText({ precision: `{${precision}}`, ...AXES })))).toContain(expected);
  });

  it.each(['z_mean', 'z_skew', 'z_kurt', 'z_p50'])('relative for %s', async (statistic) => {
    const message = await complaint(
      parse(configText({ precision: `{statistic: ${statistic}, relative: 0.1, ${MAX}}` })),
    );
    expect(message).toContain(
      `allowed: absolute for ${statistic}, whose true value is 0 or tends to it; use absolute: …`,
    );
    expect(await complaint(parse(configText({ precision: `{statistic: ${statistic}, absolute: 0.1, ${MAX}}` })))).toBe(
      '',
    );
  });

  it('the mean of an odd activation, unless the cells leave it out', async () => {
    const precision = (cells: string) => `{statistic: a_mean, relative: 0.1, ${MAX}, cells: {activations: ${cells}}}`;
    const activations = '[logistic, erf, {kind: leaky_relu, negativeSlope: 1}, relu]';
    expect(await complaint(parse(configText({ activations, precision: precision('[logistic, relu]') })))).toBe('');
    expect(await complaint(parse(configText({ activations, precision: precision('[erf, leaky_relu]') })))).toContain(
      'a_mean of erf, leaky_relu(negativeSlope=1), whose',
    );
  });

  it('a misspelt key is one problem, not two', async () => {
    const message = await complaint(parse(configText({ precision: `{statistic: z_var, relativ: 0.1, ${MAX}}` })));
    expect(message.split('\n')).toHaveLength(1);
  });

  it('too few or too many blocks to begin with', async () => {
    const precision = `{statistic: z_var, relative: 0.1, ${MAX}}`;
    const blocks = (count: number) => complaint(parse(configText({ precision, blocks: String(count) })));
    expect(await blocks(63)).toContain(
      'blocks: received 63 for the first round of a precision; allowed: integer 64 … 2048; fewer leave an error too uncertain',
    );
    expect(await blocks(64)).toBe('');
    expect(await blocks(2049)).toContain('later rounds double it, up to 4096: use fewer blocks, or lower samples');
  });

  it('the remedies that messages name are accepted', async () => {
    const config = (samples: number, max: number) =>
      complaint(
        parse(
          configText({ samples: String(samples), precision: `{statistic: z_var, relative: 0.1, maxSamples: ${max}}` }),
        ),
      );
    expect(await config(1_048_576, 67_108_864)).toBe('');
    expect(await config(1_048_832, 67_125_248)).toBe('');
    expect(await config(1_048_576, 2_097_152)).toBe('');
  });
});
