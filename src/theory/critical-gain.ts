import { expectation, LEAST_SPREAD, type Nonlinearity } from './mean-field.ts';

const square = (x: number): number => x * x;

/** A gain at which gradients neither grow nor vanish with depth. */
export interface Critical {
  /** G = β·σ_w; without bias nothing else counts. */
  readonly gain: number;
  /** τ² = β²·q* there. */
  readonly spreadSquare: number;
}

const LEAST_TAU = 1e-3;
const LARGEST_TAU = 1e4;
/** τ grows by 1/GRID from one step to the next in which a crossing is looked for. */
const GRID = 8;

/**
 * The least gain with χ(q*) = 1, without bias. Any spread τ is a fixed point of one gain, G² = τ²/E g(τu)², and its χ is
 * τ²·E g′(τu)²/E g(τu)²; where that is 1 throughout or in the limit τ → 0 (g(0) = 0), the gain is 1/√(E g′²) there. Null when
 * χ never is 1.
 */
export function criticalGain(activation: Nonlinearity): Critical | null {
  const of = (f: (u: number) => number, tau: number): number => expectation((u) => square(f(u)), tau);
  const gainAt = (tau: number): number => tau / Math.sqrt(of(activation.value, tau));
  const excess = (tau: number): number => square(gainAt(tau)) * of(activation.derivative, tau) - 1;
  if (activation.value(0) === 0) {
    const slope = of(activation.derivative, LEAST_SPREAD);
    return slope > 0 ? { gain: 1 / Math.sqrt(slope), spreadSquare: 0 } : null;
  }
  const ratio = 1 + 1 / GRID;
  for (let low = LEAST_TAU; low < LARGEST_TAU; low *= ratio) {
    if (excess(low) * excess(low * ratio) > 0) continue;
    const tau = bisect(excess, low, low * ratio);
    return { gain: gainAt(tau), spreadSquare: tau * tau };
  }
  return null;
}

function bisect(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  const start = f(low) > 0;
  for (;;) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return middle;
    if (f(middle) > 0 === start) low = middle;
    else high = middle;
  }
}
