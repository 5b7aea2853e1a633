import { describe, expect, it } from 'vitest';
import * as elementary from '../../../src/numeric/elementary.ts';
import * as special from '../../../src/numeric/special.ts';
import { KNOWN_ANSWERS } from './known-answers.ts';

/** An answer is right when it is within either tolerance: `abs`, or `rel` of the value. */
interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}

type Numeric = (...args: number[]) => number;

const ALLOWED: Readonly<Record<string, readonly [Numeric, Tolerance]>> = {
};

function misses({ value, args }: (typeof KNOWN_ANSWERS)[number], f: Numeric, { abs, rel }: Tolerance): boolean {
  const error = Math.abs(f(...args) - value);
  return !(error <= abs || error <= rel * Math.abs(value));
}
