import { describe, expect, it } from 'vitest';
import { parseField, parseSweep, sweepFromObject } from '../../../src/config/load.ts';
import { ConfigError, EXIT } from '../../../src/errors.ts';
import { complaint, configText, parse } from '../../support/config-text.ts';

describe('a valid config', () => {
  it('gets its defaults', async () => {
    const { spec, datasets } = await parse(configText());
    expect(spec).toEqual({
      name: 'small',
      seed: 'initsweep',
      experiment: 'layer',
      fanIn: [1, 16],
      fanOut: 'fanIn',
      inputs: [{ kind: 'normal', params: { mean: 0, std: 1 }, standardize: true, dataset: null }],
      initializers: [{ kind: 'standard_uniform', params: {} }],
      activations: [{ kind: 'logistic', params: {} }],
      beta: [1],
      samples: 1_048_576,
      blocks: 64,
      saturation: 0.1,
      precision: null,
    });
    expect(datasets.size).toBe(0);
  });

  it('keeps the order written, resolves aliases and reads single values as lists', async () => {
    const { spec } = await parse(
      configText({
        fanIn: '[64, 1, 16]',
        inputs: '{kind: bernoulli, p: 0.25, standardize: false}',
        initializers: '[kaiming_uniform, torch_linear, {kind: xavier_normal}]',
        fanOut: '32',
        beta: '[2, 0.5]',
      }),
    );
    expect(spec.fanIn).toEqual([64, 1, 16]);
    expect(spec.fanOut).toEqual([32]);
    expect(spec.beta).toEqual([2, 0.5]);
    expect(spec.inputs).toEqual([{ kind: 'bernoulli', params: { p: 0.25 }, standardize: false, dataset: null }]);
    expect(spec.initializers.map((i) => i.kind)).toEqual(['he_uniform', 'standard_uniform', 'glorot_normal']);
  });

  it('never standardises a constant input', async () => {
    const { spec } = await parse(configText({ inputs: '[constant]' }));
    expect(spec.inputs[0]?.standardize).toBe(false);
  });

  it('is frozen all through', async () => {
    const { spec } = await parse(configText());
    expect([spec, spec.fanIn, spec.inputs[0], spec.inputs[0]?.params, spec.beta].every(Object.isFrozen)).toBe(true);
  });

  it('keeps an integer seed as it is written', async () => {
    expect((await parse(configText({ seed: '18446744073709551617' }))).spec.seed).toBe('18446744073709551617');
    expect((await parse(configText({ seed: '0x1F' }))).spec.seed).toBe('0x1F');
    const object = { name: 'o', fanIn: 1, inputs: 'normal', initializers: 'zeros', activations: 'relu' };
    expect((await sweepFromObject({ ...object, seed: 2n ** 70n })).spec.seed).toBe('1180591620717411303424');
    expect((await sweepFromObject({ ...object, seed: 7 })).spec.seed).toBe('7');
  });

  it('takes as many blocks as its samples need', async () => {
    expect((await parse(configText({ samples: '67108864' }))).spec.blocks).toBe(64);
    expect((await parse(configText({ samples: '67108865' }))).spec.blocks).toBe(65);
    expect((await parse(configText({ samples: '100', blocks: '32' }))).spec.blocks).toBe(32);
  });

  it('may be as large as the limits', async () => {
    expect((await parse(configText({ fanIn: '[1048576]', fanOut: '1048576' }))).spec.fanIn).toEqual([2 ** 20]);
    const most = { fanIn: '{from: 1, to: 1000, step: 1}', beta: '{from: 1, to: 10000, step: 1}' };
    const { spec } = await parse(configText(most));
    expect(spec.fanIn.length * spec.beta.length).toBe(1e7);
  });

  it('lets the command line replace values', async () => {
    const options = { file: 'a', directory: '/', overrides: { samples: 5, seed: 'x', blocks: undefined } };
    const { spec } = await parseSweep(configText({ samples: '9' }), options);
    expect([spec.samples, spec.seed, spec.blocks]).toEqual([5, 'x', 64]);
    const wrong = parseSweep(configText(), { ...options, overrides: { samples: 0 } });
    expect(await complaint(wrong)).toBe('--samples: received 0; allowed: integer 1 … 4294967296');
  });
});

describe('an invalid config', () => {
  const names = 'identity, logistic, tanh, relu, leaky_relu, elu, gelu, silu, softplus, erf';

  it.each<[string, Record<string, string | null>, string]>([
    [
      'a level outside its range',
      { fanIn: '[4, 8, 0]' },
      'sweep.yaml:2:15 fanIn[2]: received 0; allowed: integer 1 … 1048576',
    ],
    [
      'too large a fan-in',
      { fanIn: '1048577' },
      'sweep.yaml:2:8 fanIn: received 1048577; allowed: integer 1 … 1048576',
    ],
    ['half a unit', { fanIn: '1.5' }, 'sweep.yaml:2:8 fanIn: received 1.5; allowed: integer 1 … 1048576'],
    ['an empty axis', { fanIn: '[]' }, 'sweep.yaml:2:8 fanIn: received an empty list; allowed: at least one level'],
    [
      'a repeated level',
      { fanIn: '[4, 8, 4]' },
      'sweep.yaml:2:15 fanIn[2]: received 4; allowed: each level once; the same as [0]; remove one',
    ],
    ['a slope of 0', { beta: '[1, 0]' }, 'sweep.yaml:6:11 beta[1]: received 0; allowed: number > 0 and ≤ 1e12'],
    [
      'an infinite slope',
      { beta: '[.inf]' },
      'sweep.yaml:6:8 beta[0]: received Infinity; allowed: number > 0 and ≤ 1e12',
    ],
    [
      'a slope that is no number',
      { beta: '.nan' },
      'sweep.yaml:6:7 beta: received NaN; allowed: number > 0 and ≤ 1e12, a list of them, or {from, to}',
    ],
    ['a word for a number', { beta: 'high' }, 'sweep.yaml:6:7 beta: received "high"; allowed: number > 0'],
    [
      'a misspelt activation',
      { activations: '[lgistic]' },
      `sweep.yaml:5:15 activations[0]: received "lgistic"; allowed: ${names}; did you mean "logistic"?`,
    ],
    [
      'a misspelt kind',
      { inputs: '[{kind: bernouli}]' },
      'sweep.yaml:3:17 inputs[0].kind: received "bernouli"; allowed: normal, uniform,',
    ],
    ['a misspelt kind, of which one is near', { inputs: '[{kind: bernouli}]' }, 'did you mean "bernoulli"?'],
    ['no input', { inputs: '[]' }, 'sweep.yaml:3:9 inputs: received an empty list; allowed: at least one input'],
    [
      'no initializer',
      { initializers: '[]' },
      'sweep.yaml:4:15 initializers: received an empty list; allowed: at least one initializer',
    ],
    [
      'no activation',
      { activations: '[]' },
      'sweep.yaml:5:14 activations: received an empty list; allowed: at least one activation',
    ],
    [
      'a range that runs backwards',
      { fanIn: '{from: 8, to: 4, step: 1}' },
      'sweep.yaml:2:22 fanIn.to: received 4; allowed: a number not below from (8); exchange from and to',
    ],
    [
      'a range of nothing between its ends',
      { beta: '{from: 1, to: 2}' },
      'sweep.yaml:6:7 beta: received an object with from, to; allowed: from and to with scale: log2, step, or count; add scale: log2, a step or a count',
    ],
    [
      'a range of a step and a count',
      { beta: '{from: 1, to: 2, step: 1, count: 2}' },
      'sweep.yaml:6:40 beta.count: received 2; allowed: step or count, not both; remove one of the two',
    ],
    [
      'doublings with a count',
      { beta: '{from: 1, to: 2, count: 2, scale: log2}' },
      'sweep.yaml:6:41 beta.scale: received "log2"; allowed: from and to alone with scale: log2; remove step and count, or use scale: log',
    ],
    [
      'logarithmic steps',
      { beta: '{from: 1, to: 2, step: 1, scale: log}' },
      'sweep.yaml:6:40 beta.scale: received "log"; allowed: linear with step; give count instead of step for scale: log',
    ],
    [
      'one level for two ends',
      { beta: '{from: 1, to: 2, count: 1}' },
      'sweep.yaml:6:31 beta.count: received 1; allowed: at least 2 when from and to differ; raise count, or write the one level alone',
    ],
    [
      'too many steps',
      { beta: '{from: 1, to: 2, step: 1e-9}' },
      'sweep.yaml:6:30 beta.step: received 1e-9; allowed: at most 1048576 levels; use a larger step',
    ],
    [
      'levels that are one in 12 digits',
      { beta: '{from: 1, to: 1.0000000000001, count: 5}' },
      'sweep.yaml:6:45 beta.count: received 5; allowed: levels that differ in 12 digits; lower count, or put from and to farther apart',
    ],
    [
      'p = 1',
      { inputs: '[{kind: bernoulli, p: 1}]' },
      'sweep.yaml:3:31 inputs[0].p: received 1; allowed: number > 0 and < 1',
    ],
    [
      'high below low',
      { inputs: '[{kind: uniform, low: 3, high: 1}]' },
      'sweep.yaml:3:10 inputs[0]: received uniform with low 3 and high 1; allowed: low < high; lower low or raise high',
    ],
    [
      'no variance to standardise',
      { inputs: '[{kind: student_t, df: 2}]' },
      'sweep.yaml:3:10 inputs[0]: received student_t with df 2, of infinite variance; allowed: df > 2 where x is standardised; raise df, or write standardize: false',
    ],
    [
      'a standardised constant',
      { inputs: '[{kind: constant, standardize: true}]' },
      'received true; allowed: false; constant is never standardised',
    ],
    [
      'a bare name that needs more',
      { initializers: 'constant' },
      'constant needs more than its name: write {kind: constant, value: …}',
    ],
    [
      'a missing parameter',
      { initializers: '{kind: constant}' },
      'sweep.yaml:4:15 initializers.value: received nothing; allowed: number -1e12 … 1e12; value has no default',
    ],
    [
      'an unknown parameter',
      { initializers: '{kind: he_normal, negative_slope: 1}' },
      'initializers.negative_slope: received an unknown key; allowed: kind, negativeSlope; did you mean "negativeSlope"?',
    ],
    [
      'aliases of one rule',
      { initializers: '[he_normal, kaiming_normal]' },
      'sweep.yaml:4:27 initializers[1]: received he_normal; allowed: each level once; the same as [0]; remove one',
    ],
    [
      'one input twice',
      { inputs: '[{kind: bernoulli, p: 0.5}, normal, bernoulli]' },
      'inputs[2]: received bernoulli; allowed: each level once; the same as [0]; remove one',
    ],
    [
      'a missing key',
      { inputs: null },
      'sweep.yaml:1:1 inputs: received nothing; allowed: a list of input names or {kind: name, …}',
    ],
    ['a name with a slash', { name: 'a/b' }, 'sweep.yaml:1:7 name: received "a/b"; allowed: 1 to 64 letters'],
    [
      'a name that is a number',
      { name: '1' },
      'sweep.yaml:1:7 name: received 1; allowed: 1 to 64 letters, digits, ".", "_" or "-", not starting with "."; put numbers in quotes',
    ],
    ['a hidden name', { name: '..' }, 'sweep.yaml:1:7 name: received ".."'],
    ['another experiment', { experiment: 'width' }, 'experiment: received "width"; allowed: layer, depth, training'],
    ['a later key', { queue: 'redis' }, 'sweep.yaml:6:1 queue: received an unknown key; allowed: name, seed,'],
    [
      'a key of other experiments',
      { batch: '64' },
      'sweep.yaml:6:1 batch: received a key of experiment depth and training, not of layer; allowed: name, seed,',
    ],
    ['too few blocks', { blocks: '31' }, 'blocks: received 31; allowed: integer 32 … 4096'],
    [
      'blocks too large',
      { samples: '100000000', blocks: '64' },
      'sweep.yaml:7:9 blocks: received 64 blocks for 100000000 samples; allowed: at most 1048576 samples a block; use blocks: 96 or more, or leave blocks out',
    ],
    ['no samples', { samples: '0' }, 'samples: received 0; allowed: integer 1 … 4294967296'],
    ['samples below none', { samples: '-64' }, 'samples: received -64; allowed: integer 1 … 4294967296'],
    [
      'a rounded integer',
      { samples: '9007199254740993' },
      'samples: received 9007199254740993; allowed: integer 1 … 4294967296',
    ],
    ['a fractional seed', { seed: '1.5' }, 'seed: received 1.5; allowed: a string or an integer'],
    ['saturation of 1', { saturation: '1' }, 'saturation: received 1; allowed: number ≥ 1e-9 and < 1'],
    [
      'too many cells',
      { fanIn: '{from: 1, to: 909091, step: 1}', beta: '{from: 1, to: 2, count: 11}' },
      'received 10000001 cells (909091 fanIn × 1 fanOut × 1 inputs × 1 initializers × 1 activations × 11 beta); allowed: at most 10000000 cells',
    ],
    ['a fan-out in other words', { fanOut: 'fanin' }, 'did you mean "fanIn"?'],
    ['a prototype', { ['__proto__']: '{a: 1}' }, 'sweep.yaml:6:1 __proto__: received an unknown key'],
  ])('%s', async (_, changes, expected) => {
    expect(await complaint(parse(configText(changes)))).toContain(expected);
  });

  it('reports everything that is wrong, in the order of the text', async () => {
    const text = configText({ name: '""', fanIn: '[0]', activations: '[relo]', bata: '1' });
    const lines = (await complaint(parse(text))).split('\n');
    expect(lines.map((line) => line.slice(0, line.indexOf(': ')))).toEqual([
      'sweep.yaml:1:7 name',
      'sweep.yaml:2:9 fanIn[0]',
      'sweep.yaml:5:15 activations[0]',
      'sweep.yaml:6:1 bata',
    ]);
  });

  it('tells a misspelt key once, not also as a missing one', async () => {
    const message = await complaint(parse(configText({ fanIn: null, fan_in: '[1]' })));
    expect(message).toMatch(/^sweep\.yaml:5:1 fan_in: received an unknown key; .* did you mean "fanIn"\?$/);
  });

  it('shows paths without lines for objects', async () => {
    const message = await complaint(
      sweepFromObject({ name: 'x', fanIn: [Number.NaN], inputs: [null], initializers: 5 }),
    );
    expect(message.split('\n').map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'fanIn[0]',
      'inputs[0]',
      'initializers',
      'activations',
    ]);
  });

  it('is a usage error', () => {
    expect(new ConfigError('x').exitCode).toBe(EXIT.usage);
  });
});

describe('a single field', () => {
  it('is read as in a config', () => {
    expect(parseField('beta', '{from: 1, to: 4, scale: log2}', '--beta')).toEqual([1, 2, 4]);
    expect(parseField('activations', '[relu, {kind: elu, alpha: 2}]', '--activation')).toHaveLength(2);
  });

  it('names the option it came from', () => {
    expect(() => parseField('beta', '[1, -2]', '--beta')).toThrow('--beta [1]: received -2; allowed: number > 0');
    expect(() => parseField('beta', '', '--beta')).toThrow(ConfigError);
  });
});
