import { clopperPearsonUpper } from '../numeric/special.ts';
import type { NOTES } from './statistics.ts';

/** Why an error or z-score is missing or to be distrusted (docs/guide.md, Notes). */
export type Note = (typeof NOTES)[number];

/** Share K/N_e above which a standard error is not to be trusted, and up to which `verify` uses it (docs/guide.md, Heavy tails). */
const UNRELIABLE = 1e-3;
const VERIFIABLE = 1e-4;
/** Blocks with some, and with not only, events that a fraction's standard error needs. */
export const EVENTFUL_BLOCKS = 20;
/** Interpolated shares of events smaller than this are rounding. */
const NO_EVENT = 1e-9;
/** Accuracy of theory and of sums of atoms, as a share of the statistic's scale: differences below it say nothing. */
const ACCURACY = 1e-12;
/** The same of what single-precision draws decide, such as the variance of ±0.1: docs/decisions/015-accuracy-of-singles.md. */
export const SINGLE_ACCURACY = 1e-6;
/** A standard error below this share of the scale is rounding of a sample that does not vary. */
const NO_SPREAD = 1e-13;

/** What the moments of z, not the data, say about a standard error. */
export interface TailGuard {
  readonly note: 'infinite' | 'unreliable' | null;
  /** Whether the statistic may enter `verify`. */
  readonly verifiable: boolean;
}

/** Values in a sample divided by the inflation that sharing draws brings: N_e. An unknown inflation counts as none. */
export function effectiveSize(samples: number, inflation: number | null): number {
  return samples / (inflation ?? 1);
}

/**
 * Heavy tails: the data cannot warn (a sample without its rare giants looks tame), the moments can.
 *
 * @param k K_k = E (z−Ez)^{2k}/(E (z−Ez)^k)², k = 2 for the variance, k = 4 for skewness and kurtosis; null when unknown,
 *   which earns no note but does not enter `verify` either
 * @param effective N_e
 */
export function tailGuard(k: number | null, effective: number): TailGuard {
  if (k === null || Number.isNaN(k)) return { note: null, verifiable: false };
  if (k === Number.POSITIVE_INFINITY) return { note: 'infinite', verifiable: false };
  const share = k / effective;
  return { note: share > UNRELIABLE ? 'unreliable' : null, verifiable: share <= VERIFIABLE };
}

/** Limits of a share whose events, or non-events, are too rare for a standard error: one-sided, 95% each. */
export interface RareLimits {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Rare events: null when at least 20 blocks hold an event and at least 20 a non-event; else limits of the share.
 *
 * Draws of one replicate depend on each other, so the trials are the replicates (Clopper & Pearson 1934): the share is at most
 * the probability that a replicate is affected at all, 3/replicates when none is. A tally knows events by block only; each
 * event is taken to affect a replicate of its own, the most that it can mean.
 *
 * @param events events in each block (interpolated, so perhaps not whole)
 * @param counts values in each block
 * @param replicates independent replicates in all blocks together
 */
export function rareLimits(
  events: ArrayLike<number>,
  counts: ArrayLike<number>,
  replicates: number,
): RareLimits | null {
  const perBlock = replicates / events.length;
  let withEvents = 0;
  let withOthers = 0;
  let affected = 0;
  let spared = 0;
  for (let b = 0; b < events.length; b++) {
    const some = events[b] as number;
    const others = (counts[b] as number) - some;
    if (some > NO_EVENT) withEvents++;
    if (others > NO_EVENT) withOthers++;
    affected += Math.min(perBlock, Math.ceil(some - NO_EVENT));
    spared += Math.min(perBlock, Math.ceil(others - NO_EVENT));
  }
  if (withEvents >= EVENTFUL_BLOCKS && withOthers >= EVENTFUL_BLOCKS) return null;
  // Getters: a caller that wants one limit does not pay for the other, which costs more than all the rest.
  return {
    get lower() {
      return 1 - upperLimit(spared, replicates);
    },
    get upper() {
      return upperLimit(affected, replicates);
    },
  };
}

/** Limits found so far: neighbouring cells ask for the same ones again and again, most of all for none affected. */
const limits = new Map<string, number>();
const MOST_LIMITS = 4096;

function upperLimit(count: number, trials: number): number {
  const key = `${count} ${trials}`;
  let limit = limits.get(key);
  if (limit === undefined) {
    limit = clopperPearsonUpper(count, trials);
    if (limits.size === MOST_LIMITS) limits.clear();
    limits.set(key, limit);
  }
  return limit;
}

/** Standard error, z-score and note as they go to the table. */
export interface Judgement {
  readonly mcse: number | null;
  readonly zscore: number | null;
  readonly note: Note | null;
}

/**
 * Guards an estimate that is not rare, and compares it with its exact theory: the z-score is (value − theory)/mcse.
 *
 * A sample without spread (mcse 0 but for rounding) is `degenerate`: its z-score is 0 where the theory agrees to `accuracy`,
 * else ±Infinity, which `verify` takes for a contradiction.
 *
 * @param theory exact theory, or null
 * @param scale size of the numbers behind the statistic, to measure rounding by: a standard deviation, a largest value
 * @param tail what the moments say; null where the statistic is bounded
 * @param accuracy share of the scale within which a value without spread agrees with its theory: {@link SINGLE_ACCURACY} where
 *   single-precision draws make it
 */
export function judge(
  value: number,
  mcse: number | null,
  theory: number | null,
  scale: number,
  tail: TailGuard | null = null,
  accuracy = ACCURACY,
): Judgement {
  if (mcse === null || tail?.note === 'infinite')
    return { mcse: null, zscore: null, note: tail?.note === 'infinite' ? 'infinite' : null };
  if (tail?.note === 'unreliable') return { mcse, zscore: null, note: 'unreliable' };
  const degenerate = mcse <= NO_SPREAD * scale;
  const error = degenerate ? 0 : mcse;
  const allowance = degenerate ? accuracy * scale : 0;
  return {
    mcse: error,
    zscore: theory === null ? null : scoreBeyond(value - theory, error, allowance),
    note: degenerate ? 'degenerate' : null,
  };
}

/**
 * difference/mcse; where the error is so small that an inaccuracy of the difference would show (by a thousandth of an error),
 * only what exceeds that inaccuracy counts.
 *
 * @param allowance the inaccuracy: a difference that says nothing
 */
export function scoreBeyond(difference: number, mcse: number, allowance: number): number {
  if (mcse > 1000 * allowance) return difference / mcse;
  const beyond = Math.abs(difference) - allowance;
  return beyond <= 0 ? 0 : (Math.sign(difference) * beyond) / mcse;
}
