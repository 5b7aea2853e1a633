import { describe, expect, it } from 'vitest';
import { readExpectations } from '../../../src/config/expectations.ts';
import { parseSweep } from '../../../src/config/load.ts';
import { checkExpectations } from '../../../src/report/claims/check-expectations.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import { complaint, configText, parse } from '../../support/config-text.ts';

const CLAIM = '{ id: C2, says: it does, because: it must }';
const EXPECT = '[{ statistic: z_var, relation: equals, value: 1/3 }]';

describe('expectations', () => {
  it('get their defaults, and are frozen', async () => {
    const { expectations } = await parse(configText({ claim: CLAIM, expect: EXPECT }));
    expect(expectations).toEqual({
      claim: { id: 'C2', says: 'it does', because: 'it must' },
      expect: [{ shows: 'claim', statistic: 'z_var', relation: 'equals', value: '1/3', tolerance: 4 }],
    });
    expect(Object.isFrozen(expectations?.expect[0])).toBe(true);
    expect((await parse(configText())).expectations).toEqual({ claim: null, expect: [] });
  });

  it('are no part of the plan', async () => {
    const hashOf = async (changes: Record<string, string>) => planSweep((await parse(configText(changes))).spec).hash;
    expect(await hashOf({ claim: CLAIM, expect: EXPECT })).toBe(await hashOf({}));
    expect(await hashOf({ seed: 'other' })).not.toBe(await hashOf({}));
  });

  it('read as themselves from a run’s file, and nothing else does', async () => {
    const { expectations } = await parse(configText({ claim: CLAIM, expect: EXPECT }));
    const stored = JSON.parse(JSON.stringify(expectations));
    expect(readExpectations(stored, 'layer')).toEqual(expectations);
    expect(readExpectations(undefined, 'layer')).toEqual({ claim: null, expect: [] });
    const [first] = stored.expect;
    for (const wrong of [
      null,
      {},
      [],
      { ...stored, more: 1 },
      { claim: stored.claim, expect: [] },
      { ...stored, expect: [{ ...first, tolerance: undefined }] },
      { ...stored, expect: [{ ...first, tolerance: -1 }] },
      { ...stored, expect: [{ ...first, value: undefined }] },
      { ...stored, expect: [{ ...first, table: 'layers' }] },
      { ...stored, claim: { ...stored.claim, says: 'two\nlines' } },
    ])
      expect(readExpectations(wrong, 'layer'), JSON.stringify(wrong)).toBeNull();
  });

  it.each([
    ['[]', 'sweep.yaml:7:9 expect: received an empty list; allowed: at least one expectation'],
    ['[{ relation: equals, value: 1 }]', 'expect[0].statistic: received nothing; allowed: a column or an expression'],
    ['[{ statistic: z_var, relation: equal, value: 1 }]', 'did you mean "equals"?'],
    [
      '[{ statistic: z_var, relation: equals }]',
      'expect[0]: received equals; allowed: equals with value; add value: …',
    ],
    ['[{ statistic: z_var, relation: increases }]', 'allowed: increases with along; add along: …'],
    ['[{ statistic: z_var, relation: increases, along: fan_in, value: 1 }]', 'expect[0].value: received value'],
    ['[{ statistic: z_var, relation: below, value: 1, along: fan_in }]', 'expect[0].along: received along'],
    ['[{ statistic: z_var, relation: below, value: 1, within: 1 }]', 'expect[0].within: received within'],
    [
      '[{ statistic: z_var, relation: equals, value: 1, within: -1 }]',
      'expect[0].within: received -1; allowed: number ≥ 0',
    ],
    ['[{ statistic: z_var, relation: equals, value: 1, tolerance: 31 }]', 'number 0 … 30'],
    ['[{ statistic: z_var, relation: equals, value: 1, table: layer }]', 'did you mean "layers"?'],
    [
      '[{ statistic: z_var, relation: equals, value: 1, table: arms }]',
      'expect[0].table: received arms; allowed: estimates',
    ],
    ['[{ statistic: z_var, relation: equals, value: [1] }]', 'a finite number, or an expression over columns'],
    ['[{ statistic: z_var, relation: equals, value: 1, shows: limits }]', 'did you mean "limit"?'],
    ['[{ statistic: z_var, relation: equals, value: 1, wher: a }]', 'did you mean "where"?'],
    [
      '[{ statistic: z_var, relation: equals, value: 1, shows: limit }]',
      'expect[0].shows: received limit; allowed: a claim with onlyIf',
    ],
  ])('are refused: %s', async (text, message) => {
    expect(await complaint(parse(configText({ claim: CLAIM, expect: text })))).toContain(message);
  });

  it.each([
    ['{ id: C2, says: it does }', 'claim.because: received nothing'],
    ['{ id: "C 2", says: it does, because: b }', 'claim.id: received "C 2"'],
    [
      '{ id: C2, says: it does, because: b, onlyIf: c }',
      'claim.onlyIf: received a condition; allowed: expectations that show it',
    ],
    ['{ id: C2, says: "", because: b }', 'claim.says: received ""'],
    ['{ id: C2, says: " ", because: b }', 'claim.says: received " "'],
    ['{ id: C2, says: "a\\u202eb", because: b }', 'in one line of at most 500 characters'],
  ])('have no claim such as %s', async (claim, message) => {
    expect(await complaint(parse(configText({ claim, expect: EXPECT })))).toContain(message);
  });

  it('are looked at in time that grows with their length', async () => {
    const says = `${'a'.repeat(900_000)}\\t`;
    const before = performance.now();
    expect(
      await complaint(parse(configText({ claim: `{ id: C2, says: "${says}", because: b }`, expect: EXPECT }))),
    ).toContain('in one line of at most 500 characters');
    // Tens of milliseconds, against hours were it quadratic.
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it('are what a claim needs', async () => {
    expect(await complaint(parse(configText({ claim: CLAIM })))).toContain('received a claim without expectations');
  });
});

describe('expectations beside the tables that a sweep will have', () => {
  const problems = (expectation: string) =>
    complaint(
      parseSweep(configText({ expect: `\n  - ${expectation}` }), {
        file: 'sweep.yaml',
        directory: '/nowhere',
        checkExpectations: async (expectations, spec) => checkExpectations(expectations, spec),
      }),
    );

  it('fit', async () => {
    expect(
      await problems(
        '{ statistic: z_var, where: input = normal and fan_in = 16, relation: equals, value: 1/(3*fan_in) }',
      ),
    ).toBe('');
    // What is left out need not be there, nor both of what is joined by `or`.
    for (const where of ["input not like '*raw)'", "input like 'uniform*' or input like 'n*'", "not (input like 'u*')"])
      expect(await problems(`{ statistic: z_var, where: "${where}", relation: equals, value: 1 }`)).toBe('');
  });

  it.each([
    [
      '{ statistic: z_var, where: input = uniform, relation: equals, value: 1 }',
      'sweep.yaml:7:32 expect[0].where, column 9: received "uniform"; allowed: labels of input: normal',
    ],
    [
      "{ statistic: z_var, where: input like 'norm' and fan_in = 16, relation: equals, value: 1 }",
      "sweep.yaml:7:32 expect[0].where: received input like 'norm' and fan_in = 16; allowed: an expression that some row of the table will match; labels of input are normal",
    ],
    ["{ statistic: z_var, where: not input like 'n*', relation: equals, value: 1 }", 'labels of input are normal'],
    ['{ statistic: z_var, where: fan_in = 16 and input != normal, relation: equals, value: 1 }', 'are normal'],
    [
      '{ statistic: z_vars, relation: equals, value: 1 }',
      'sweep.yaml:7:18 expect[0].statistic, column 1: received z_vars',
    ],
    ['{ statistic: z_var, relation: equals, value: 1/(3*fan) }', 'expect[0].value, column 6: received fan'],
    ['{ statistic: z_var, relation: increases, along: fan }', 'expect[0].along: received "fan"'],
    ['{ statistic: z_var - z_mean, relation: equals, value: 1 }', 'allowed: one column with a standard error'],
  ])('do not: %s', async (expectation, message) => {
    expect(await problems(expectation)).toContain(message);
  });
});
