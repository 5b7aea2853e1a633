import { describe, expect, it } from 'vitest';
import type { ClaimSpec, ExpectSpec } from '../../../../src/model/expect-spec.ts';
import { claimLines, claimTable, expectedText } from '../../../../src/report/claims/claim-lines.ts';
import { reportClaim, verdictText } from '../../../../src/report/claims/claim-report.ts';
import { estimateRows } from '../../../support/estimate-rows.ts';

const PLAIN = { columns: null, color: false };
const CLAIM: ClaimSpec = { id: 'C9', says: 'all is well', because: 'it was made so' };
const TABLE = estimateRows([
  { initializer: 'he_normal', input: 'normal', activation: 'tanh', blocks: 64, fan_in: 1, z_var: 2, z_var_mcse: 0.01 },
  { initializer: 'he_normal', input: 'normal', activation: 'tanh', blocks: 64, fan_in: 8, z_var: 1, z_var_mcse: 0.01 },
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

const report = (expect: readonly ExpectSpec[], claim: ClaimSpec | null = CLAIM) =>
  reportClaim({ claim, expect }, () => ({ rows: TABLE, blocks: 64 }));

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

  it('opens each table once', () => {
    const opened: (string | null)[] = [];
    const other = expectation({ table: 'arms' });
    reportClaim({ claim: CLAIM, expect: [expectation({}), other, expectation({}), other] }, (name) => {
      opened.push(name);
      return { rows: TABLE, blocks: 64 };
    });
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
    expect(lines.at(-1)).toBe('C9: not as expected (1 of 1 expectations)');
    expect(claimLines(report([expectation({})], null), PLAIN).at(-1)).toBe('expectations: all 1 met');
  });

  it('has a line for each of several', () => {
    expect(claimTable([report([expectation({})]), report([expectation({}), LIMIT], LIMITED)], PLAIN).slice(2)).toEqual([
      'C9     z_var      2.000 ± 0.010  = 2       holds',
      'C9     z_var      2.000 ± 0.010  = 2       holds only if n is 1',
    ]);
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
});
