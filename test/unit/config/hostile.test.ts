import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { sweepFromObject } from '../../../src/config/load.ts';
import { CONFIG_KEYS, complaint, configText, parse } from '../../support/config-text.ts';

const WORDS = [
  'kind',
  'from',
  'to',
  'step',
  'count',
  'scale',
  'log',
  'log2',
  'normal',
  'bernoulli',
  'p',
  'empirical',
  'file',
  '__proto__',
  'constructor',
  'toString',
  'relu',
  'fanIn',
  'statistic',
  'z_var',
  'relative',
  'absolute',
  'cells',
  'inputs',
  'minSamples',
  'maxSamples',
];

/** Values that resemble configs enough to get past the first check. */
const nearly = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(...WORDS),
    fc.constantFrom<unknown>(
      0,
      -0,
      1,
      -1,
      0.5,
      1e308,
      5e-324,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      null,
      true,
      '',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...WORDS, 'oops'), tie('value'), { maxKeys: 5 }),
  ),
})).value;

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** Every complaint names a place in its own words: nothing of the libraries' shows through. */
function expectReadable(message: string): void {
  expect(message).not.toMatch(/Invalid input|undefined|\[object|\bat \S+:\d+:\d+\)/);
}

describe('hostile configs end in a ConfigError or a sweep', () => {
  it('objects that are nearly configs', async () => {
    const valid = { name: 'x', fanIn: [1], inputs: ['normal'], initializers: ['zeros'], activations: ['relu'] };
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...CONFIG_KEYS), nearly, { minKeys: 1, maxKeys: 3 }),
        async (changes) => {
          expectReadable(await complaint(sweepFromObject({ ...valid, ...changes }, { directory: '/nowhere' })));
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('the same as JSON text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CONFIG_KEYS), nearly, async (key, value) => {
        expectReadable(await complaint(parse(configText({ [key]: JSON.stringify(value) }))));
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('valid texts with pieces cut out, doubled or replaced', async () => {
    const text = configText({
      inputs: '\n  - normal\n  - {kind: bernoulli, p: 0.1, standardize: false}',
      beta: '{from: 0.1, to: 10, count: 5, scale: log}',
    });
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('- ', '{', ']', ': ', '\n', '&a ', '*a', '!!set ', '\t', '---\n', '"', '0', '<<: '),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(12), piece, async (at, length, insert) => {
        expectReadable(await complaint(parse(text.slice(0, at) + insert + text.slice(at + length))));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('any text at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        expect(await complaint(parse(text))).not.toBe('');
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a function', () => 1],
    ['an array', []],
    ['a symbol', Symbol('x')],
    ['no prototype', Object.create(null)],
    ['a date', new Date(0)],
    ['JSON with __proto__', JSON.parse('{"__proto__": {"x": 1}}')],
  ])('an object that is %s', async (_, object) => {
    expect(await complaint(sweepFromObject(object))).not.toBe('');
  });

  it('objects that contain themselves', async () => {
    const object: Record<string, unknown> = { name: 'x' };
    object['inputs'] = [object];
    object['fanIn'] = object;
    expect(await complaint(sweepFromObject(object))).toContain('inputs[0]');
  });

  it('thousands of problems are not all shown', async () => {
    const message = await complaint(parse(configText({ fanIn: `[${'0, '.repeat(5000)}]` })));
    expect(message.split('\n')).toHaveLength(51);
    expect(message).toContain('… and 4950 more problems');
  });
});
