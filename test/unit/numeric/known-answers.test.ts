import { describe, expect, it } from 'vitest';
import * as elementary from '../../../src/numeric/elementary.ts';
import * as special from '../../../src/numeric/special.ts';
import { KNOWN_ANSWERS, type KnownAnswer } from './known-answers.ts';

type Numeric = (...args: number[]) => number;

/** An answer is right when it is within `abs`, or within `rel` of the value. */
interface Case {
  readonly f: Numeric;
  readonly abs: number;
  readonly rel: number;
}

/** Below the normal doubles exp gives 0, and so does everything made from it. */
const FLUSHED = 1e-307;

/** What each function promises; about twice what was measured. */
const CASES: Readonly<Record<string, Case>> = {
  exp: { f: elementary.exp as Numeric, abs: FLUSHED, rel: 3e-16 },
  expm1: { f: elementary.expm1 as Numeric, abs: FLUSHED, rel: 4e-16 },
  log: { f: elementary.log as Numeric, abs: 0, rel: 2.3e-16 },
  log1p: { f: elementary.log1p as Numeric, abs: 0, rel: 4e-16 },
  tanh: { f: elementary.tanh as Numeric, abs: 0, rel: 4e-16 },
  logistic: { f: elementary.logistic as Numeric, abs: FLUSHED, rel: 4e-16 },
  sin: { f: elementary.sin as Numeric, abs: 2e-16, rel: 4e-16 },
  cos: { f: elementary.cos as Numeric, abs: 2e-16, rel: 4e-16 },
  pow: { f: elementary.pow as Numeric, abs: 0, rel: 1e-15 },
  erf: { f: special.erf as Numeric, abs: 0, rel: 4e-16 },
  erfc: { f: special.erfc as Numeric, abs: FLUSHED, rel: 2e-15 },
  normalCdf: { f: special.normalCdf as Numeric, abs: FLUSHED, rel: 2e-13 },
  normalQuantile: { f: special.normalQuantile as Numeric, abs: 1e-15, rel: 1e-15 },
  logGamma: { f: special.logGamma as Numeric, abs: 1e-14, rel: 1e-15 },
  betaInc: { f: special.betaInc as Numeric, abs: 0, rel: 2e-13 },
  studentTCdf: { f: special.studentTCdf as Numeric, abs: 0, rel: 4e-14 },
  studentTQuantile: { f: special.studentTQuantile as Numeric, abs: 1e-15, rel: 5e-13 },
  clopperPearsonUpper: { f: special.clopperPearsonUpper as Numeric, abs: 0, rel: 1e-14 },
};

const answersOf = (name: string): KnownAnswer[] => KNOWN_ANSWERS.filter((answer) => answer.name === name);

function misses({ args, value }: KnownAnswer, { f, abs, rel }: Case): boolean {
  const error = Math.abs(f(...args) - value);
  return !(error <= abs || error <= rel * Math.abs(value));
}

describe('known answers', () => {
  it('cover every function here, and no other', () => {
    expect([...new Set(KNOWN_ANSWERS.map(({ name }) => name))].sort()).toEqual(Object.keys(CASES).sort());
  });

  describe.each(Object.entries(CASES))('%s', (name, test) => {
    it('matches every known answer', () => {
      expect(answersOf(name).filter((answer) => misses(answer, test))).toEqual([]);
    });

    it('would notice an error of ten tolerances (negative control)', () => {
      const { f, abs, rel } = test;
      const off = (y: number): number => y + 10 * Math.max(abs, rel * Math.abs(y));
      const wrong = { ...test, f: (...args: number[]) => off(f(...args)) };
      expect(answersOf(name).filter((answer) => answer.value !== 0 && !misses(answer, wrong))).toEqual([]);
    });
  });
});
