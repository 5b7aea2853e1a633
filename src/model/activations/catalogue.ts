import { exp, expm1, log1p, logistic, tanh } from '../../numeric/elementary.ts';
import { erf, normalCdf, normalPdf } from '../../numeric/special.ts';
import type { Parameter } from '../parameters.ts';
import type { Entry } from '../registry.ts';

/** An activation function g(u) of at most one parameter. */
export interface ActivationKind extends Entry {
  readonly parameters: readonly [] | readonly [Parameter];
  value(u: number, param: number): number;
  derivative(u: number, param: number): number;
  maxDerivative(param: number): number;
  /** Where g or g′ jumps. */
  readonly kinks: readonly number[];
  /** Kinks, zeros of g′ and extremes of g′, ascending: |g′| is monotone between neighbours. */
  readonly landmarks: readonly number[];
}

/** Zero of Φ(u) + u·φ(u), and its extremes at ±√2 (its derivative is (2 − u²)·φ(u)). */
const GELU_ZERO = -0.7517915246935644;
/** Zero of s + u·s·(1 − s): 1 + u·(1 − s) = 0; and its extremes ±u: u·tanh(u/2) = 2. */
const SILU_ZERO = -1.278464542761074;
const SILU_EXTREME = 2.3993572805154675;
const TWO_OVER_SQRT_PI = 1.1283791670955126;

/** s(u)·(1 − s(u)) of the logistic s, with relative precision in both tails. */
function logisticSlope(u: number): number {
  const e = exp(-Math.abs(u));
  return e / ((1 + e) * (1 + e));
}

const geluSlope = (u: number): number => normalCdf(u) + u * normalPdf(u);
const siluSlope = (u: number): number => logistic(u) + u * logisticSlope(u);

const SMOOTH = { parameters: [], kinks: [] } as const;
const KINKED = { kinks: [0], landmarks: [0] } as const;

export const ACTIVATIONS: readonly ActivationKind[] = [
  {
    ...SMOOTH,
    name: 'identity',
    aliases: ['linear'],
    doc: 'u',
    landmarks: [],
    value: (u) => u,
    derivative: () => 1,
    maxDerivative: () => 1,
  },
  {
    ...SMOOTH,
    name: 'logistic',
    aliases: ['sigmoid'],
    doc: '1/(1 + e^−u)',
    landmarks: [0],
    value: logistic,
    derivative: logisticSlope,
    maxDerivative: () => 0.25,
  },
  {
    ...SMOOTH,
    name: 'tanh',
    aliases: [],
    doc: 'tanh u',
    landmarks: [0],
    value: tanh,
    // 1 − tanh² = 4·s(2u)·(1 − s(2u)), which keeps its precision in the tails.
    derivative: (u) => 4 * logisticSlope(2 * u),
    maxDerivative: () => 1,
  },
  {
    ...KINKED,
    name: 'relu',
    aliases: [],
    doc: 'max(u, 0); derivative 0 at u = 0',
    parameters: [],
    value: (u) => Math.max(u, 0),
    derivative: (u) => (u > 0 ? 1 : 0),
    maxDerivative: () => 1,
  },
  {
    ...KINKED,
    name: 'leaky_relu',
    aliases: [],
    doc: 'u where u > 0, else negativeSlope·u (Maas et al. 2013)',
    parameters: [{ name: 'negativeSlope', doc: 'Slope where u ≤ 0', default: 0.01 }],
    value: (u, slope) => (u > 0 ? u : slope * u),
    derivative: (u, slope) => (u > 0 ? 1 : slope),
    maxDerivative: (slope) => Math.max(1, Math.abs(slope)),
  },
  {
    ...KINKED,
    name: 'elu',
    aliases: [],
    doc: 'u where u > 0, else alpha·(e^u − 1) (Clevert et al. 2015)',
    parameters: [{ name: 'alpha', doc: 'Minus the limit at −∞', default: 1, min: 0 }],
    value: (u, alpha) => (u > 0 ? u : alpha * expm1(u)),
    derivative: (u, alpha) => (u > 0 ? 1 : alpha * exp(u)),
    maxDerivative: (alpha) => Math.max(1, alpha),
  },
  {
    ...SMOOTH,
    name: 'gelu',
    aliases: [],
    doc: 'u·Φ(u), Φ the normal distribution function (Hendrycks & Gimpel 2016; exact, not the tanh form)',
    landmarks: [-Math.SQRT2, GELU_ZERO, Math.SQRT2],
    value: (u) => u * normalCdf(u),
    derivative: geluSlope,
    maxDerivative: () => geluSlope(Math.SQRT2),
  },
  {
    ...SMOOTH,
    name: 'silu',
    aliases: ['swish'],
    doc: 'u/(1 + e^−u) (Elfwing et al. 2018)',
    landmarks: [-SILU_EXTREME, SILU_ZERO, SILU_EXTREME],
    value: (u) => u * logistic(u),
    derivative: siluSlope,
    maxDerivative: () => siluSlope(SILU_EXTREME),
  },
  {
    ...SMOOTH,
    name: 'softplus',
    aliases: [],
    doc: 'ln(1 + e^u)',
    landmarks: [],
    value: (u) => Math.max(u, 0) + log1p(exp(-Math.abs(u))),
    derivative: logistic,
    maxDerivative: () => 1,
  },
  {
    ...SMOOTH,
    name: 'erf',
    aliases: [],
    doc: 'erf u, the error function',
    landmarks: [0],
    value: erf,
    derivative: (u) => TWO_OVER_SQRT_PI * exp(-u * u),
    maxDerivative: () => TWO_OVER_SQRT_PI,
  },
];
