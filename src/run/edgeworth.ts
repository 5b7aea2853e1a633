import type { Activation } from '../model/activations.ts';
import { gaussianRule } from '../theory/gaussian.ts';
import type { ZMoments } from '../theory/moments.ts';
import { CELL_STATISTICS, type CellStatistic } from './cell-tests.ts';

/** g(β·s·z) of a cell: `factor` is β times the weight scale s; z at unit scale. */
export interface CellFunction {
  readonly activation: Activation;
  readonly factor: number;
  readonly beta: number;
  /** Threshold ε of saturation. */
  readonly saturation: number;
}

/**
 * How far the Gaussian limit may be off for each statistic of {@link CELL_STATISTICS}.
 *
 * Edgeworth's series (Hall 1992, section 2.3) with σ^k·E f⁽ᵏ⁾(σu) = E[f(σu)·He_k(u)]:
 * E f(z) − E_G f ≈ γ₁/6·E[f·He₃] + γ₂/24·E[f·He₄]. Where those terms vanish by chance the next ones decide: their bound
 * (½γ₂² + ½γ₁²)·sd(f) is added (‖He₆‖γ₁²/72 = .37γ₁², ‖He₈‖γ₂²/1152 = .17γ₂², ‖He₆‖κ₆/720 is of the same order).
 *
 * @returns null when skewness or excess is unknown or infinite
 */
export function limitErrors(z: ZMoments, cell: CellFunction): ReadonlyMap<CellStatistic, number> | null {
  const { skewness, excess, variance, mean } = z;
  if (skewness === null || excess === null) return null;
  if (![skewness, excess, variance].every(Number.isFinite)) return null;
  const { activation, factor, beta, saturation } = cell;
  const sd = Math.sqrt(variance);
  const { nodes, weights } = gaussianRule(sd > 0 ? -mean / sd : 0);
  const shape = nodes.map((u, i) => {
    const square = u * u;
    const third = (skewness / 6) * u * (square - 3);
    return (weights[i] as number) * (third + (excess / 24) * (square * (square - 6) + 3));
  });
  const second = 0.5 * (skewness * skewness + excess * excess);
  const arguments_ = nodes.map((u) => factor * (mean + sd * u));
  const threshold = saturation * activation.maxDerivative;

  const errorOf = (f: Float64Array): { first: number; mean: number; beyond: number } => {
    let [first, average, spread] = [0, 0, 0];
    for (let i = 0; i < f.length; i++) {
      first += (shape[i] as number) * (f[i] as number);
      average += (weights[i] as number) * (f[i] as number);
    }
    for (let i = 0; i < f.length; i++) {
      const deviation = (f[i] as number) - average;
      spread += (weights[i] as number) * deviation * deviation;
    }
    return { first, mean: average, beyond: second * Math.sqrt(spread) };
  };
  const total = ({ first, beyond }: { first: number; beyond: number }) => Math.abs(first) + beyond;

  const g = arguments_.map((x) => activation.value(x));
  const d = arguments_.map((x) => beta * activation.derivative(x));
  const value = errorOf(g);
  // Var g = E (g − ḡ)² to first order, ḡ the limit's mean.
  const centred = g.map((y) => (y - value.mean) * (y - value.mean));
  const errors: Record<CellStatistic, number> = {
    a_mean: total(value),
    a_var: total(errorOf(centred)) + value.first * value.first,
    d_mean: total(errorOf(d)),
    d_sq_mean: total(errorOf(d.map((y) => y * y))),
    saturated: total(errorOf(d.map((y) => (Math.abs(y) < beta * threshold ? 1 : 0)))),
  };
  return new Map(CELL_STATISTICS.map((statistic) => [statistic, errors[statistic]]));
}
