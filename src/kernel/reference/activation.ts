import { exp as exp64 } from '../../numeric/elementary.ts';
import { LN2_HI, LN2_LO } from '../../numeric/exponential.ts';
import { LOG_COEFFICIENTS } from '../../numeric/logarithm.ts';
import { polynomial } from '../../numeric/polynomial.ts';
import { erf } from '../../numeric/special.ts';
import { exp, expm1 } from './single.ts';

const f = Math.fround;

/** g(β·z) and β·g′(β·z). */
export interface Activated {
  readonly value: number;
  readonly slope: number;
}

/** ln(1 + e) for 0 ≤ e ≤ 1, as assembly/elementary64.ts arranges it. */
function log1pUnit(e: number): number {
  const large = e > 0.41421356237309503;
  const k = large ? 1 : 0;
  const x = large ? (e - 1) * 0.5 : e;
  const s = x / (2 + x);
  const z = s * s;
  const h = 0.5 * x * x;
  const low = s * (h + z * polynomial(LOG_COEFFICIENTS, z)) + k * LN2_LO;
  return k * LN2_HI - (h - low - x);
}

/** 1/(1 + e^−u) in single precision, and its derivative. */
function logistic(u: number): Activated {
  const e = exp(-Math.abs(u));
  const q = f(1 / f(1 + e));
  return { value: u >= 0 ? q : f(e * q), slope: f(f(e * q) * q) };
}

function tanh(u: number): Activated {
  const x = f(2 * -Math.abs(u));
  const t = expm1(x);
  const q = f(1 / f(2 + t));
  const magnitude = -f(t * q);
  const negative = u < 0 || Object.is(u, -0);
  return { value: negative ? -magnitude : magnitude, slope: f(f(4 * exp(x)) * f(q * q)) };
}

/** In double precision, rounded once. */
function gelu(u: number): Activated {
  const cdf = 0.5 * (1 + erf(u * Math.SQRT1_2));
  const density = 0.3989422804014327 * exp64(u * u * -0.5);
  return { value: f(u * cdf), slope: f(cdf + u * density) };
}

function softplus(u: number): Activated {
  const e = exp64(-Math.abs(u));
  const q = 1 / (1 + e);
  return { value: f(Math.max(u, 0) + log1pUnit(e)), slope: f(u >= 0 ? q : e * q) };
}

function silu(u: number): Activated {
  const { value, slope } = logistic(u);
  return { value: f(u * value), slope: f(value + f(u * slope)) };
}

const erfActivation = (u: number): Activated => ({
  value: f(erf(u)),
  slope: f(1.1283791670955126 * exp64(-(u * u))),
});

/** By code: the order of ACTIVATION_CODES. */
const FUNCTIONS: readonly ((u: number, param: number) => Activated)[] = [
  (u) => ({ value: u, slope: 1 }),
  logistic,
  tanh,
  (u) => (u <= 0 ? { value: 0, slope: 0 } : { value: u, slope: 1 }),
  (u, slope) => (u > 0 ? { value: u, slope: 1 } : { value: f(slope * u), slope }),
  (u, alpha) => (u > 0 ? { value: u, slope: 1 } : { value: f(alpha * expm1(u)), slope: f(alpha * exp(u)) }),
  gelu,
  silu,
  softplus,
  erfActivation,
];

/** What assembly/activations32.ts makes of one z: arguments are singles. */
export function activate(code: number, param: number, beta: number, z: number): Activated {
  const { value, slope } = (FUNCTIONS[code] as (typeof FUNCTIONS)[number])(f(beta * z), param);
  return { value, slope: f(beta * slope) };
}
