import { type TailGuard, tailGuard } from '../stats/guards.ts';
import type { ZMoments } from '../theory/moments.ts';

/**
 * The rule of heavy tails for the mean of z, whose error needs no fourth moment: see docs/decisions/018-tails-of-a-mean.md.
 *
 * @param effective N_e of the mean
 */
export function meanTail({ variance, skewness, excess }: ZMoments, effective: number): TailGuard {
  // What does not vary has no tails, and a z without a third moment (Student-t inputs) is symmetric.
  const tailless = variance === 0 || excess === Number.POSITIVE_INFINITY;
  return skewnessTail(skewness ?? (tailless ? 0 : Number.NaN), effective);
}

/** The same for the mean of a variable of this skewness γ: K = ⅜·γ², NaN when unknown. */
export function skewnessTail(skewness: number, effective: number): TailGuard {
  return tailGuard(0.375 * skewness * skewness, effective);
}
