import type { ExpectSpec } from '../../model/expect-spec.ts';
import { scoreBeyond } from '../../stats/guards.ts';
import type { Measured } from './measured.ts';

/** One row, or one step along an axis, held against what is expected of it. */
export interface Judged extends Measured {
  /** Levels of the row, as far as they vary: `normal, fan_in 64`; `fan_in 32 → 64` for a step. */
  readonly name: string;
  /** What it is compared with: the value, or the statistic one level before. NaN where that is null. */
  readonly wanted: number;
  /** (measured − wanted) in standard errors; ±∞ where there is no error; NaN where it cannot be said. */
  readonly score: number;
  readonly met: boolean;
  /** With `within`: the largest |measured − wanted| + limit·error that counts as equal; else null. */
  readonly margin: number | null;
  /** Why it cannot be judged, else null. */
  readonly problem: string | null;
}

/** A row, and what it is to be held against. */
export type Compared = Measured & Pick<Judged, 'name' | 'wanted' | 'margin'>;

/** Share of the larger number within which two that have no error are equal: the rounding of a few operations. */
const ACCURACY = 1e-12;

const scoreOf = (difference: number, error: number, a: number, b: number): number =>
  scoreBeyond(difference, error, ACCURACY * Math.max(Math.abs(a), Math.abs(b)));

/** Holds a row against what is expected of it. @param limit standard errors that its difference may have, or has to exceed */
export function judgeRow({ relation }: ExpectSpec, row: Compared, limit: number): Judged {
  const { value, error, upper, wanted, note, margin } = row;
  // A share too rare for an error has an upper limit, which is enough to say that it is small.
  if (relation === 'below' && Number.isNaN(error) && upper < wanted)
    return { ...row, score: Number.NEGATIVE_INFINITY, met: true, problem: null };
  const problem = Number.isNaN(wanted)
    ? 'what it is compared with is null'
    : relation === 'below' && Number.isNaN(error) && upper >= wanted
      ? 'too rare to tell: the upper limit is no smaller'
      : unjudgeable(value, error, note);
  if (problem !== null) return { ...row, score: Number.NaN, met: false, problem };
  const score = scoreOf(value - wanted, error, value, wanted);
  if (margin !== null) {
    const allowance = ACCURACY * Math.max(Math.abs(value), Math.abs(wanted));
    return {
      ...row,
      margin,
      score,
      met: Math.abs(value - wanted) + limit * error <= margin + allowance,
      problem: null,
    };
  }
  return { ...row, score, met: holds(relation, score, limit), problem: null };
}

/** Holds a level of an axis against the one before; their errors add up, whatever draws they share. @param limit as in {@link judgeRow} */
export function judgeStep(
  { relation }: ExpectSpec,
  before: Measured,
  after: Measured,
  name: string,
  limit: number,
): Judged {
  const row = { ...after, name, wanted: before.value };
  const problem =
    unjudgeable(after.value, after.error, after.note) ?? unjudgeable(before.value, before.error, before.note);
  if (problem !== null) return { ...row, margin: null, score: Number.NaN, met: false, problem };
  const score = scoreOf(after.value - before.value, before.error + after.error, before.value, after.value);
  return { ...row, margin: null, score, met: holds(relation, score, limit), problem: null };
}

function unjudgeable(value: number, error: number, note: string | null): string | null {
  if (Number.isNaN(value)) return 'null in the table';
  // An infinite error, of a median that is or of an expression near a pole, would be within every tolerance.
  if (!Number.isFinite(error)) return note === null ? 'no standard error' : `no standard error: ${note}`;
  return note === 'unreliable' ? 'an unreliable standard error' : null;
}

function holds(relation: ExpectSpec['relation'], score: number, limit: number): boolean {
  switch (relation) {
    case 'equals':
      return Math.abs(score) <= limit;
    case 'differs':
      return Math.abs(score) > limit;
    case 'above':
    case 'increases':
      return score > limit;
    case 'below':
    case 'decreases':
      return score < -limit;
  }
}

/**
 * How far a row is from being as expected, the largest first; what cannot be judged is the furthest.
 * @param limit as in {@link judgeRow}
 */
export function badness({ relation }: ExpectSpec, row: Judged, limit: number): number {
  const { value, wanted, error, upper, score, margin } = row;
  if (Number.isNaN(score)) return Number.POSITIVE_INFINITY;
  // A share too rare for an error would fail where its upper limit is, as others do where `limit` errors are.
  if (Number.isNaN(error) && upper < wanted) return (-Math.max(limit, 1) * (wanted - value)) / (upper - value);
  if (margin !== null) return Math.abs(value - wanted) + limit * error - margin;
  switch (relation) {
    case 'equals':
      return Math.abs(score);
    case 'differs':
      return -Math.abs(score);
    case 'above':
    case 'increases':
      return -score;
    case 'below':
    case 'decreases':
      return score;
  }
}
