import { describe, expect, it } from 'vitest';
import type { ClaimSpec, ExpectSpec } from '../../../../src/model/expect-spec.ts';
import { claimLines, claimTable, distanceText, expectedText } from '../../../../src/report/claims/claim-lines.ts';
import { type RunFacts, reportClaim, verdictText } from '../../../../src/report/claims/claim-report.ts';
import { claimsDocument } from '../../../../src/report/claims/claims-document.ts';
import { evaluateExpectation } from '../../../../src/report/claims/evaluate.ts';
import { estimateRows } from '../../../support/estimate-rows.ts';

const PLAIN = { columns: null, color: false };
const CLAIM: ClaimSpec = { id: 'C9', says: 'all is well', because: 'it was made so' };
const ROW = { initializer: 'he_normal', input: 'normal', activation: 'tanh', blocks: 64 };
const TABLE = estimateRows([
  { ...ROW, fan_in: 1, z_var: 2, z_var_mcse: 0.01 },
  { ...ROW, fan_in: 8, z_var: 1, z_var_mcse: 0.01 },
]);

const expectation = (changes: Partial<ExpectSpec>): ExpectSpec => ({
  shows: 'claim',
  statistic: 'z_var',
  where: 'fan_in = 1',
  relation: 'equals',
  value: 2,
  tolerance: 4,
  ...changes,
});

const FACTS = { tests: 7, contradictions: 0, missing: 0 };

const report = (expect: readonly ExpectSpec[], claim: ClaimSpec | null = CLAIM, facts: Partial<RunFacts> = {}) =>
  reportClaim({ claim, expect }, () => ({ rows: TABLE, blocks: 64 }), { ...FACTS, ...facts });

const LIMIT = expectation({ shows: 'limit', where: 'fan_in = 8', relation: 'differs' });
const LIMITED: ClaimSpec = { ...CLAIM, onlyIf: 'n is 1' };

describe('the verdict of a claim', () => {
  it('holds where everything is as expected and nothing shows a limit', () => {
    expect(report([expectation({}), expectation({ relation: 'above', value: 1 })]).verdict).toBe('holds');
  });

  it('holds only if, where a limit shows', () => {
    const found = report([expectation({}), LIMIT], LIMITED);
    expect(verdictText(found)).toBe('holds only if n is 1');
  });

  it('fails where that is what the science says', () => {
    expect(report([expectation({ shows: 'failure', relation: 'above', value: 1 })]).verdict).toBe('fails');
  });

  it('is not as expected as soon as one expectation is not met, whatever it shows', () => {
    expect(report([expectation({}), expectation({ value: 2.1 })]).verdict).toBe('not as expected');
    expect(report([expectation({}), { ...LIMIT, value: 1 }], LIMITED).verdict).toBe('not as expected');
    expect(report([expectation({ shows: 'failure', value: 3 })]).verdict).toBe('not as expected');
  });

  it('is nothing where the simulation contradicts its theory, whatever its tables show', () => {
    const contradicted = report([expectation({})], CLAIM, { contradictions: 2 });
    expect(contradicted.verdict).toBe('theory contradicted');
    expect(claimLines(contradicted, PLAIN).at(-1)).toBe('C9 theory contradicted: 2 of 7 tests of theory');
    expect(report([expectation({ value: 3 })], null, { contradictions: 2 }).verdict).toBe('theory contradicted');
  });

  it('opens each table once', () => {
    const opened: (string | null)[] = [];
    const other = expectation({ table: 'arms' });
    const open = (name: string | null) => {
      opened.push(name);
      return { rows: TABLE, blocks: 64 };
    };
    reportClaim({ claim: CLAIM, expect: [expectation({}), other, expectation({}), other] }, open, FACTS);
    expect(opened).toEqual([null, 'arms']);
  });
});

describe('a claim as text', () => {
  it('says what was measured, what was expected, and why', () => {
    expect(claimLines(report([expectation({}), LIMIT], LIMITED), PLAIN)).toEqual([
      'C9: all is well',
      '',
      'shows  statistic  rows       measured  expected  value  distance           as expected  row furthest off',
      '─────  ─────────  ────  ─────────────  ────────  ─────  ─────────────────  ───────────  ────────────────',
      'claim  z_var         1  2.000 ± 0.010  = 2           2  0 ≤ 4.29 errors    yes          fan_in 1',
      'limit  z_var         1  1.000 ± 0.010  ≠ 2           2  100 > 4.29 errors  yes          fan_in 8',
      '',
      'C9 holds only if n is 1: it was made so',
    ]);
  });

  it('points at what is not as expected', () => {
    const lines = claimLines(report([expectation({ where: 'fan_in > 0' })]), PLAIN);
    expect(lines[4]).toMatch(
      /^claim {2}z_var +2 +1\.000 ± 0\.010 {2}= 2 +2 {2}100, not ≤ [\d.]+ errors {2}NO, 1 of 2 rows {2}fan_in 8$/,
    );
    expect(lines.at(-1)).toBe('C9 not as expected: 1 of 1 expectations not met');
    expect(claimLines(report([expectation({})], null), PLAIN).at(-1)).toBe('expectations met: all 1 expectations');
  });

  it('has a line for each of several, and its reason below', () => {
    const claims = [
      report([expectation({})]),
      report([expectation({}), LIMIT], LIMITED, { missing: 2 }),
      report([expectation({}), LIMIT], null),
      report([expectation({}), expectation({ where: 'fan_in > 0' })]),
      report([expectation({})], CLAIM, { contradictions: 1 }),
    ].map((one, i) => ({ run: `output/${i}`, report: one }));
    expect(claimTable(claims, PLAIN).slice(2)).toEqual([
      'output/0  C9     holds                z_var      2.000 ± 0.010  = 2       fan_in 1',
      '  C9 holds: it was made so',
      'output/1  C9     holds only if        z_var      2.000 ± 0.010  = 2       fan_in 1',
      '  C9 holds only if n is 1: it was made so (failed blocks left out: 2)',
      'output/2  –      met                  z_var      2.000 ± 0.010  = 2       fan_in 1',
      '  expectations met: all 2 expectations',
      'output/3  C9     not as expected      z_var      1.000 ± 0.010  = 2       fan_in 8',
      '  C9 not as expected: 1 of 2 expectations not met',
      'output/4  C9     theory contradicted  z_var      2.000 ± 0.010  = 2       fan_in 1',
      '  C9 theory contradicted: 1 of 7 tests of theory',
    ]);
    // A narrow terminal leaves out what was measured, not the verdict.
    expect(claimTable(claims.slice(0, 1), { ...PLAIN, columns: 30 })[2]).toBe('output/0  C9     holds');
  });

  it('is documented with the reason for its verdict, not with the explanation of one that it is not', () => {
    const documented = (one: ReturnType<typeof report>) =>
      claimsDocument([{ config: 'configs/claims/C9.yaml', report: one }]);
    expect(documented(report([expectation({})]))).toContain('**C9 holds**: it was made so. ([claims/C9.yaml]');
    const failed = documented(report([expectation({}), expectation({ value: 3 })]));
    expect(failed).toContain('**C9 not as expected**: 1 of 2 expectations not met. (');
    expect(failed).not.toContain('it was made so');
    expect(documented(report([expectation({})], CLAIM, { contradictions: 2 }))).toContain(
      '**C9 theory contradicted**: 2 of 7 tests of theory. (',
    );
  });

  it.each([
    [{}, '= 2'],
    [{ within: 0.1 }, '= 2 ± 0.1'],
    [{ value: '1/fan_in', within: 'beta' }, '= 1/fan_in ± beta'],
    [{ relation: 'below' }, '< 2'],
    [{ relation: 'decreases', along: 'beta' }, 'decreases along beta'],
  ] as const)('says %j as %s', (changes, text) => {
    expect(expectedText(expectation(changes))).toBe(text);
  });

  it.each([
    [[{ saturated: 0, saturated_upper: 0.003 }], { relation: 'below', value: 0.01 }, '0.003 < 0.01 at 95%'],
    [[{ saturated: 0.5, saturated_mcse: 0 }], { relation: 'equals', value: 0.5 }, '–'],
    [
      [
        { fan_in: 1, saturated: 0.5, saturated_mcse: 0.01 },
        { fan_in: 2, saturated: 0.6, saturated_mcse: 0 },
      ],
      { relation: 'increases', along: 'fan_in' },
      '10 > 4.29 errors',
    ],
    [
      [
        { fan_in: 1, saturated: 0.5, saturated_mcse: 0 },
        { fan_in: 2, saturated: 0.6, saturated_mcse: 0 },
      ],
      { relation: 'increases', along: 'fan_in' },
      '–',
    ],
  ] as const)('says how far off %j is', (cells, { relation, ...changes }, text) => {
    const rows = estimateRows(cells.map((cell) => ({ ...ROW, ...cell })));
    const expect_: ExpectSpec = { shows: 'claim', statistic: 'saturated', tolerance: 4, relation, ...changes };
    expect(distanceText(evaluateExpectation(expect_, 'expect[0]', { rows, blocks: 64 }))).toBe(text);
  });
});
