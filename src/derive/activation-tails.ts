import type { Activation } from '../model/activations.ts';
import { type TailGuard, tailGuard } from '../stats/guards.ts';
import type { ZMoments } from '../theory/moments.ts';

/** What the moments say of the standard errors of the activation statistics; null where there are no tails to fear. */
export interface ActivationTails {
  readonly a_mean: TailGuard | null;
  readonly a_var: TailGuard | null;
  readonly d_mean: TailGuard | null;
  readonly d_sq_mean: TailGuard | null;
}

/** Whether g is bounded: it then has every moment. */
export function isBounded(activation: Activation): boolean {
  return Math.abs(activation.value(1e6)) < 1e3;
}

/**
 * Guards of E g, Var g, E g′, E g′² against heavy tails that are not z's but the activation's: a steep g′, or one that is next to 0
 * where constant weights carry z, is an average over a few z near 0 that a sample may not hold. The data cannot warn, but the law
 * can, the limit's as well.
 *
 * @param bounded whether g is ({@link isBounded}); else it inherits the tails of z
 * @param effective N_e of the variance
 * @param expected the four in theory and K of each, or null where z has no known law
 */
export function activationTails(
  bounded: boolean,
  z: ZMoments,
  effective: number,
  expected: Float64Array | null,
): ActivationTails {
  const guard = (at: number): TailGuard | null => {
    const k = expected?.[at + 4];
    // What does not vary has no tails.
    return k === undefined || Number.isNaN(k) ? null : tailGuard(k, effective);
  };
  const infinite = !bounded && z.variance === Number.POSITIVE_INFINITY;
  const inherited = infinite ? INFINITE : bounded ? null : tailGuard(z.k2, effective);
  return {
    a_mean: infinite ? INFINITE : guard(0),
    a_var: inherited?.note ? inherited : guard(1),
    d_mean: guard(2),
    d_sq_mean: guard(3),
  };
}

const INFINITE: TailGuard = { note: 'infinite', verifiable: false };
