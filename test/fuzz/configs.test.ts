import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isSweep } from '../../src/config/config-of.ts';
import { readExpectations } from '../../src/config/expectations.ts';
import { type LoadedSweep, loadSweep, parseField } from '../../src/config/load.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { checkExpectations } from '../../src/report/claims/check-expectations.ts';
import { compileFilter } from '../../src/report/filter.ts';
import { groupsOf } from '../../src/sweep/groups.ts';
import { readArrowColumns } from '../../src/tables/columns-of.ts';
import { readEstimates } from '../../src/tables/estimate-reader.ts';
import { CONFIG_KEYS } from '../support/config-text.ts';
import { cases, damage, damaged, hostileJson, nearJson, outcomeOf, peakMemory, Tally } from '../support/hostile.ts';
import { lastingFolder, writeProbe } from '../support/tables.ts';

const path = lastingFolder();
const file = join(path, 'sweep.yaml');
const CONFIGS = resolve(import.meta.dirname, '../../configs');
const shipped = [...readdirSync(CONFIGS).filter((name) => name.endsWith('.yaml')), 'claims/C2.yaml', 'claims/C4.yaml'];

afterAll(() => {
  expect(peakMemory()).toBeLessThan(1500);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** A sweep, planned; what was written out is read as the same sweep. */
async function load(text: string): Promise<LoadedSweep> {
  writeFileSync(file, text);
  const loaded = await loadSweep(file, {
    readArrow: readArrowColumns,
    checkExpectations: async (expectations, spec) => checkExpectations(expectations, spec),
  });
  groupsOf(planOf(loaded.spec, loaded.datasets));
  expect(isSweep(JSON.parse(JSON.stringify(loaded.spec)))).toBe(true);
  const { expectations } = loaded;
  if (expectations !== undefined && expectations.expect.length > 0)
    expect(readExpectations(JSON.parse(JSON.stringify(expectations)), loaded.spec.experiment)).toEqual(expectations);
  return loaded;
}

test.each(shipped)('%s with parts that somebody changed', async (name) => {
  const seen = new Tally();
  const config = parse(readFileSync(join(CONFIGS, name), 'utf8'));
  // Where its data files are.
  const text = JSON.stringify(config).replaceAll('"data/', `"${CONFIGS}/data/`);
  await load(text);
  await fc.assert(
    fc.asyncProperty(nearJson(JSON.parse(text)), async (near) => {
      seen.count(await outcomeOf(() => load(near)));
    }),
    cases(10, 100),
  );
  expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(1);
});

describe('YAML that means harm', () => {
  const bomb = (width: number, depth: number): string => {
    const levels = Array.from({ length: depth }, (_, i) => `k${i + 1}: &a${i + 1} [${`*a${i},`.repeat(width)}]`);
    return ['k0: &a0 [1]', ...levels, `fanIn: *a${depth}`].join('\n');
  };
  const valid = 'name: x\nfanIn: [1]\ninputs: [normal]\ninitializers: [zeros]\nactivations: [relu]\n';
  const odd = fc.constantFrom(
    '\u0000',
    '\u2028',
    '\ufeff',
    '\u202e',
    '\ud800',
    '\u0085',
    '𝟙',
    'ﬀ',
    '\u001b[2J',
    '\t',
    '\r',
  );
  const scalar = fc.oneof(
    hostileJson,
    fc.constantFrom(
      '.inf',
      '-.inf',
      '.nan',
      '0x1F',
      '0o17',
      '0777',
      '1_000',
      '1e400',
      '-0.0',
      '~',
      '2001-01-01',
      '!!binary aGk=',
      '!!js/function x',
      '<<',
      '*a',
      '&a 1',
      '? x',
      '|',
      '>-',
    ),
    fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  );
  const key = fc.oneof(
    fc.constantFrom(...CONFIG_KEYS, '__proto__', 'constructor', 'hasOwnProperty', '<<', '? [a]', '"na\\u006de"'),
    odd,
  );
  const line = fc.tuple(key, scalar).map(([k, v]) => `${k}: ${v}\n`);
  const text = fc.oneof(
    { arbitrary: fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => valid + lines.join('')), weight: 3 },
    { arbitrary: fc.array(line, { maxLength: 6 }).map((lines) => lines.join('')), weight: 1 },
    {
      arbitrary: fc.tuple(fc.nat(valid.length), odd).map(([at, piece]) => valid.slice(0, at) + piece + valid.slice(at)),
      weight: 1,
    },
    {
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })).map(([w, d]) => bomb(w, d)),
      weight: 1,
    },
    {
      arbitrary: fc
        .tuple(
          fc.constantFrom('[', '{a: ', '- ', '? ', '!!x ', '&a ', '"', '#', '---\n', '*a ', '\n '),
          fc.integer({ min: 1, max: 20_000 }),
        )
        .map(([piece, times]) => `fanIn: ${piece.repeat(times)}`),
      weight: 1,
    },
  );

  test('is refused, or is a sweep', async () => {
    const seen = new Tally();
    await fc.assert(
      fc.asyncProperty(text, async (hostile) => {
        seen.count(await outcomeOf(() => load(hostile)));
      }),
      cases(11, 250),
    );
    expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(1);
  });

  test('bytes that are not even text', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (harm) => {
        writeFileSync(file, damaged(readFileSync(join(CONFIGS, 'smoke.yaml')), harm));
        await outcomeOf(() => loadSweep(file));
      }),
      cases(12, 100),
    );
  });

  test('as the levels of an option', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('beta', 'activations', 'initializers', 'fanOut'),
        scalar,
        async (name, value) => {
          await outcomeOf(() => parseField(name, value, '--levels'));
        },
      ),
      cases(13, 150),
    );
  });
});

test('a device that never ends is no config', async () => {
  const outcome = await outcomeOf(() => loadSweep('/dev/zero'));
  expect(outcome.refusal?.message).toContain('allowed: a config of at most');
});

describe('data files that are damaged', () => {
  const csv = Buffer.from(`speed,other\n${Array.from({ length: 60 }, (_, i) => `${850 + i},${i / 7}\n`).join('')}`);
  const arrow = join(path, 'probe.arrow');
  writeProbe(arrow, 60);

  test.each([
    ['csv', csv],
    ['tsv', csv],
    ['arrow', readFileSync(arrow)],
  ])('.%s', async (extension, whole) => {
    const data = join(path, `data.${extension}`);
    const column = extension === 'arrow' ? 'fan_in' : 'speed';
    await fc.assert(
      fc.asyncProperty(damage, async (harm) => {
        writeFileSync(data, damaged(whole, harm));
        await outcomeOf(() =>
          load(
            JSON.stringify({
              name: 'x',
              fanIn: 1,
              inputs: { kind: 'empirical', file: data, column },
              initializers: 'zeros',
              activations: 'relu',
            }),
          ),
        );
      }),
      cases(14, 60),
    );
  });
});

test('filters that mean harm', async () => {
  const estimates = join(path, 'estimates.arrow');
  writeProbe(estimates, 5);
  const table = readEstimates(estimates);
  const piece = fc.constantFrom(
    '(',
    ')',
    'not ',
    'and ',
    'or ',
    'abs(',
    'fan_in',
    ' = ',
    ' != ',
    'z_var',
    '1e999',
    '-',
    "'",
    '"',
    'null',
    ' is null',
    ' in ',
    ',',
    ' ~ ',
    '__proto__',
    'constructor',
    '\u0000',
    'normal',
    '0',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.tuple(piece, fc.integer({ min: 1, max: 10_000 })).map(([one, times]) => one.repeat(times)),
    fc
      .tuple(fc.constantFrom('(', 'not ', 'abs(', '-'), fc.integer({ min: 1, max: 10_000 }))
      .map(([one, times]) => `${one.repeat(times)}fan_in = 1${one.endsWith('(') ? ')'.repeat(times) : ''}`),
    fc.integer({ min: 1, max: 10_000 }).map((times) => `fan_in = 1${' or fan_in = 2'.repeat(times)}`),
  );
  await fc.assert(
    fc.asyncProperty(text, async (expression) => {
      await outcomeOf(() => {
        const matches = compileFilter(expression, table);
        for (let row = 0; row < table.rows; row++) matches(row);
      });
    }),
    cases(15, 200),
  );
});
