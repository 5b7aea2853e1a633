import { exp, log } from '../numeric/elementary.ts';
import type { NumberDomain } from './fields.ts';

/** Levels of one axis, at most. */
export const LEVEL_LIMIT = 1 << 20;
/** Fan-in and fan-out, at most. */
export const FAN_LIMIT = 1 << 20;

export const FAN_DOMAIN: NumberDomain = { integer: true, min: 1, max: FAN_LIMIT };
/** Squares of β stand in chi; the upper bound keeps them far from overflow. */
export const BETA_DOMAIN: NumberDomain = { exclusiveMin: 0, max: 1e12 };

export const AXIS_SCALES = ['linear', 'log', 'log2'] as const;

/** A range of levels as a config writes it; `expandRange` says which combinations have a meaning. */
export interface AxisRange {
  readonly from: number;
  readonly to: number;
  readonly step?: number | undefined;
  readonly count?: number | undefined;
  readonly scale?: (typeof AXIS_SCALES)[number] | undefined;
}

/** Why a range has no levels: the key at fault, and what to write instead. */
export interface RangeProblem {
  readonly key: keyof AxisRange | null;
  readonly allowed: string;
  readonly remedy: string;
}

const problem = (key: RangeProblem['key'], allowed: string, remedy: string): RangeProblem => ({ key, allowed, remedy });

/**
 * Levels of a range, ascending. Both ends are exact; levels between them are rounded to 12 significant digits, so that
 * decades on a log axis and tenths on a linear one come out as they are written (1, not 0.9999999999999998). On an integer
 * axis they are rounded to integers, and repeats are dropped.
 *
 * | form | levels |
 * |---|---|
 * | from, to, scale: log2 | from·2^k while ≤ to |
 * | from, to, step | from + k·step while ≤ to |
 * | from, to, count | `count` levels, evenly spaced |
 * | from, to, count, scale: log | `count` levels, evenly spaced in the logarithm |
 */
export function expandRange(range: AxisRange, integer: boolean): readonly number[] | RangeProblem {
  const { from, to, step, count, scale } = range;
  if (to < from) return problem('to', `a number not below from (${from})`, 'exchange from and to');
  if (step !== undefined && count !== undefined)
    return problem('count', 'step or count, not both', 'remove one of the two');
  if (scale === 'log2') {
    if (step !== undefined || count !== undefined)
      return problem('scale', 'from and to alone with scale: log2', 'remove step and count, or use scale: log');
    return doublings(from, to);
  }
  if (step !== undefined) {
    if (scale === 'log') return problem('scale', 'linear with step', 'give count instead of step for scale: log');
    return steps(from, to, step);
  }
  if (count === undefined)
    return problem(null, 'from and to with scale: log2, step, or count', 'add scale: log2, a step or a count');
  if (count === 1 && from !== to)
    return problem('count', 'at least 2 when from and to differ', 'raise count, or write the one level alone');
  if (scale === 'log' && from <= 0)
    return problem('from', 'number > 0 on a log scale', 'raise from, or use scale: linear');
  return spaced(from, to, count, scale === 'log', integer);
}

function doublings(from: number, to: number): readonly number[] | RangeProblem {
  if (from <= 0) return problem('from', 'number > 0 on a log2 scale', 'raise from, or give a step or a count');
  const levels: number[] = [];
  for (let level = from; level <= to; level *= 2) levels.push(level);
  return levels;
}

function steps(from: number, to: number, step: number): readonly number[] | RangeProblem {
  // A last level that misses `to` by rounding alone is meant to be `to`.
  const last = Math.floor((to - from) / step + 1e-9);
  if (!(last < LEVEL_LIMIT)) return problem('step', `at most ${LEVEL_LIMIT} levels`, 'use a larger step');
  return Array.from({ length: last + 1 }, (_, k) => {
    const level = from + k * step;
    if (k === 0) return from;
    return k === last && Math.abs(level - to) <= 1e-9 * step ? to : rounded(level);
  });
}

function spaced(from: number, to: number, count: number, logarithmic: boolean, integer: boolean): readonly number[] {
  const start = logarithmic ? log(from) : from;
  const width = logarithmic ? log(to) - start : to - from;
  const levels = Array.from({ length: count }, (_, k) => {
    if (k === 0) return from;
    if (k === count - 1) return to;
    const at = start + (width * k) / (count - 1);
    const level = logarithmic ? exp(at) : at;
    return integer ? Math.round(level) : rounded(level);
  });
  return integer ? [...new Set(levels)] : levels;
}

const rounded = (level: number): number => Number(level.toPrecision(12));
