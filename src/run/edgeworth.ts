import type { Activation } from '../model/activations.ts';
import { gaussianRule } from '../theory/gaussian.ts';
import type { ZMoments } from '../theory/moments.ts';
import type { CellStatistic } from './cell-tests.ts';

/** g(β·s·z) of a cell: `factor` is β times the weight scale s; z at unit scale. */
export interface CellFunction {
  readonly activation: Activation;
  readonly factor: number;
  readonly beta: number;
  /** Threshold ε of saturation. */
  readonly saturation: number;
}

/** How far a limit theory may be off, by statistic. */
export type LimitErrors = Readonly<Record<CellStatistic, number>>;

/**
 * How far the Gaussian limit may be off for each statistic.
 *
 * Edgeworth's series (Hall 1992, section 2.3) with σ^k·E f⁽ᵏ⁾(σu) = E[f(σu)·He_k(u)]:
 * E f(z) − E_G f ≈ γ₁/6·E[f·He₃] + γ₂/24·E[f·He₄]. Where those terms vanish by chance the next ones decide: their bound
 * (½γ₂² + ½γ₁² + |κ₆|/√720)·sd(f) is added (‖He₆‖γ₁²/72 = .37γ₁², ‖He₈‖γ₂²/1152 = .17γ₂², ‖He₆‖κ₆/720 = κ₆/√720).
 *
 * @returns null when skewness, excess or K₄ is unknown or infinite
 */
export function limitErrors(z: ZMoments, cell: CellFunction): LimitErrors | null {
  const { skewness, excess, k4, variance, mean } = z;
  if (skewness === null || excess === null || k4 === null) return null;
  if (![skewness, excess, k4, variance].every(Number.isFinite)) return null;
  const { activation, factor, beta, saturation } = cell;
  const sd = Math.sqrt(variance);
  const { nodes, weights } = gaussianRule(sd > 0 ? -mean / sd : 0);
  const terms = new Float64Array(nodes.length);
  const g = new Float64Array(nodes.length);
  const d = new Float64Array(nodes.length);
  // Plain loops: a large table has hundreds of thousands of such cells.
  for (let i = 0; i < nodes.length; i++) {
    const u = nodes[i] as number;
    const square = u * u;
    const third = (skewness / 6) * u * (square - 3);
    terms[i] = (weights[i] as number) * (third + (excess / 24) * (square * (square - 6) + 3));
    const x = factor * (mean + sd * u);
    g[i] = activation.value(x);
    d[i] = beta * activation.derivative(x);
  }
  const sixth = sixthCumulant(skewness, excess, k4);
  const second = 0.5 * (skewness * skewness + excess * excess) + Math.abs(sixth) / Math.sqrt(720);

  const errorOf = (f: Float64Array): { first: number; mean: number; beyond: number } => {
    let [first, average, spread] = [0, 0, 0];
    for (let i = 0; i < f.length; i++) {
      first += (terms[i] as number) * (f[i] as number);
      average += (weights[i] as number) * (f[i] as number);
    }
    for (let i = 0; i < f.length; i++) {
      const deviation = (f[i] as number) - average;
      spread += (weights[i] as number) * deviation * deviation;
    }
    return { first, mean: average, beyond: second * Math.sqrt(spread) };
  };
  const total = ({ first, beyond }: { first: number; beyond: number }) => Math.abs(first) + beyond;

  const value = errorOf(g);
  const slope = errorOf(d);
  const threshold = beta * saturation * activation.maxDerivative;
  const centred = new Float64Array(nodes.length);
  const squares = new Float64Array(nodes.length);
  const inside = new Float64Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) {
    // Var g = E (g − ḡ)² to first order, ḡ the limit's mean.
    const deviation = (g[i] as number) - value.mean;
    centred[i] = deviation * deviation;
    const derivative = d[i] as number;
    squares[i] = derivative * derivative;
    inside[i] = Math.abs(derivative) < threshold ? 1 : 0;
  }
  return {
    a_mean: total(value),
    a_var: total(errorOf(centred)) + value.first * value.first,
    d_mean: total(slope),
    d_sq_mean: total(errorOf(squares)),
    saturated: total(errorOf(inside)),
  };
}

/**
 * κ₆ of standardised z but for terms of smaller order, from E z⁸ = 105 + 210γ₂ + 280γ₁² + 35γ₂² + 28κ₆ + 56κ₅γ₁ + κ₈. Too large where K₄
 * is an upper bound.
 */
function sixthCumulant(skewness: number, excess: number, k4: number): number {
  const eighth = k4 * (excess + 3) * (excess + 3);
  return (eighth - 105 - 210 * excess - 280 * skewness * skewness - 35 * excess * excess) / 28;
}
