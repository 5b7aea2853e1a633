import { studentTQuantile } from '../numeric/special.ts';
import { twoSidedP } from '../stats/holm.ts';
import type { Comparison } from './comparison.ts';

/** A comparison and its verdict among all of them. */
export interface VerifyTest extends Comparison {
  /** Two-sided, from Student's t with blocks − 1 degrees of freedom. */
  readonly p: number;
  /** p after Holm's adjustment: a contradiction where it is at most α. */
  readonly adjusted: number;
  readonly verdict: 'agrees' | 'contradicts';
}

/** The tests of one statistic. */
export interface StatisticTests {
  readonly statistic: string;
  readonly tests: number;
  readonly contradictions: number;
  /** Of its most extreme test. */
  readonly zscore: number;
  readonly p: number;
}

/** All comparisons of a run, judged together. */
export interface Judged {
  /** How many there were. */
  readonly total: number;
  readonly contradictions: number;
  /** In order of first appearance. */
  readonly statistics: readonly StatisticTests[];
  /** The most extreme ones, ascending by p, ties in the order given: all of them where there are few. */
  readonly tests: readonly VerifyTest[];
}

/** Tests that are kept with all they say; of the others only numbers. */
const KEPT = 1000;

interface Candidate {
  readonly comparison: Comparison;
  readonly p: number;
  readonly order: number;
}

interface Tally {
  tests: number;
  extreme: Comparison;
  /** The p-values that could contradict. */
  readonly small: number[];
}

/**
 * Judges comparisons as one family, by Holm's step-down adjustment (1979; `stats/holm.ts`), however many there are: a sweep of a
 * million cells has millions. Only small p-values can contradict, so only they are computed and kept.
 */
export class Family {
  readonly #alpha: number;
  readonly #tallies = new Map<string, Tally>();
  readonly #thresholds = new Map<number, number>();
  #candidates: Candidate[] = [];
  /** p above which nothing is kept any more. */
  #limit = 1;
  #total = 0;

  /** @param alpha chance of a single false alarm in the whole family */
  constructor(alpha: number) {
    this.#alpha = alpha;
  }

  add(comparison: Comparison): void {
    const { statistic, zscore, blocks } = comparison;
    const order = this.#total++;
    const size = Math.abs(zscore);
    const tally = this.#tallies.get(statistic);
    if (tally === undefined) this.#tallies.set(statistic, { tests: 1, extreme: comparison, small: [] });
    else {
      tally.tests++;
      if (size > Math.abs(tally.extreme.zscore)) tally.extreme = comparison;
    }
    if (size < this.#threshold(blocks)) return;
    const p = twoSidedP(zscore, blocks);
    if (p <= this.#alpha) this.#tallies.get(statistic)?.small.push(p);
    if (p > this.#limit) return;
    this.#candidates.push({ comparison, p, order });
    if (this.#candidates.length > 2 * KEPT) this.#prune();
  }

  judge(): Judged {
    const cut = this.#largestRejected();
    const rejected = ({ small }: Tally) => small.reduce((sum, p) => sum + (p <= cut ? 1 : 0), 0);
    const statistics = [...this.#tallies].map(([statistic, tally]): StatisticTests => {
      const { zscore, blocks } = tally.extreme;
      return {
        statistic,
        tests: tally.tests,
        contradictions: rejected(tally),
        zscore,
        p: twoSidedP(zscore, blocks),
      };
    });
    this.#prune();
    let adjusted = 0;
    return {
      total: this.#total,
      contradictions: statistics.reduce((sum, { contradictions }) => sum + contradictions, 0),
      statistics,
      tests: this.#candidates.map(({ comparison, p }, rank) => {
        adjusted = Math.max(adjusted, Math.min(1, (this.#total - rank) * p));
        return { ...comparison, p, adjusted, verdict: adjusted <= this.#alpha ? 'contradicts' : 'agrees' };
      }),
    };
  }

  /** |t| under which p is above both α and the limit. */
  #threshold(blocks: number): number {
    const known = this.#thresholds.get(blocks);
    if (known !== undefined) return known;
    const p = Math.max(this.#alpha, this.#limit);
    // A little less, so that rounding decides nothing.
    const threshold = p < 1 ? -studentTQuantile(p / 2, blocks - 1) * (1 - 1e-9) : 0;
    this.#thresholds.set(blocks, threshold);
    return threshold;
  }

  #prune(): void {
    this.#candidates.sort((a, b) => a.p - b.p || a.order - b.order);
    const last = this.#candidates[KEPT - 1];
    if (last === undefined || this.#candidates.length <= KEPT) return;
    this.#candidates.length = KEPT;
    this.#limit = last.p;
    this.#thresholds.clear();
  }

  /** The largest p that Holm's procedure rejects: the i-th smallest is rejected while (m − i)·p₍ᵢ₎ ≤ α, i from 0. */
  #largestRejected(): number {
    const small = [...this.#tallies.values()].flatMap((tally) => tally.small).sort((a, b) => a - b);
    const first = small.findIndex((p, rank) => (this.#total - rank) * p > this.#alpha);
    return (first < 0 ? small.at(-1) : small[first - 1]) ?? -1;
  }
}
