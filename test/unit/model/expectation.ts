import type { Sampler } from '../../../src/random/sampler.ts';

/** A law in a form that tests can sum over: points and their probabilities. */
interface Points {
  readonly u: readonly number[];
  readonly weight: readonly number[];
}

const discrete = (...pairs: (readonly [number, number])[]): Points => ({
  u: pairs.map(([u]) => u),
  weight: pairs.map(([, p]) => p),
});

/**
 * The trapezoid rule in s for the law of u = map(s) with density p(s) in s: converges exponentially where p and its
 * derivatives vanish at both ends.
 */
function trapezoid(
  from: number,
  to: number,
  count: number,
  map: (s: number) => number,
  p: (s: number) => number,
): Points {
  const step = (to - from) / count;
  const nodes = Array.from({ length: count + 1 }, (_, i) => from + i * step);
  return { u: nodes.map(map), weight: nodes.map((s, i) => p(s) * step * (i === 0 || i === count ? 0.5 : 1)) };
}

/** Simpson's rule for a density that does not vanish at the ends. */
function simpson(from: number, to: number, count: number, p: (u: number) => number): Points {
  const step = (to - from) / count;
  const u = Array.from({ length: count + 1 }, (_, i) => from + i * step);
  const weight = u.map((x, i) => (p(x) * step * (i === 0 || i === count ? 1 : i % 2 === 1 ? 4 : 2)) / 3);
  return { u, weight };
}

const phi = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
const identity = (x: number): number => x;
const normal = (): Points => trapezoid(-14, 14, 800, identity, phi);

function scaled({ u, weight }: Points, by: number): Points {
  return { u, weight: weight.map((p) => p * by) };
}

function mixture(a: Points, b: Points): Points {
  return { u: [...a.u, ...b.u], weight: [...a.weight, ...b.weight] };
}

/** Γ(x + ½)/Γ(x) by its own recurrence from the asymptotic series: independent of src/numeric. */
function gammaRatio(x: number): number {
  if (x > 60) return Math.sqrt(x) * (1 - 1 / (8 * x) + 1 / (128 * x * x) + 5 / (1024 * x ** 3) - 21 / (32768 * x ** 4));
  return (gammaRatio(x + 1) * x) / (x + 0.5);
}

function studentT(df: number): Points {
  const density = (t: number) => (gammaRatio(df / 2) / Math.sqrt(df * Math.PI)) * (1 + (t * t) / df) ** (-(df + 1) / 2);
  return trapezoid(-40, 40, 8000, Math.sinh, (s) => density(Math.sinh(s)) * Math.cosh(s));
}

/** The law of the base variate that `src/random/sampler.ts` documents for one component. */
function baseLaw({ kind, params }: Sampler): Points {
  const p = params[0] ?? Number.NaN;
  switch (kind) {
    case 'constant':
      return discrete([1, 1]);
    case 'uniform':
      return simpson(-1, 1, 2000, () => 0.5);
    case 'normal':
    case 'equicorrelated':
    case 'ar1':
      return normal();
    case 'truncated_normal':
      return simpson(-2, 2, 4000, (u) => phi(u) / 0.9544997361036416);
    case 'sign':
      return discrete([-1, 0.5], [1, 0.5]);
    case 'bernoulli':
      return discrete([1, p], [0, 1 - p]);
    case 'sparse':
      return mixture(discrete([0, 1 - p]), scaled(normal(), p));
    case 'exponential':
      return trapezoid(-40, 6, 2000, Math.exp, (s) => Math.exp(-Math.exp(s) + s));
    case 'laplace': {
      const half = scaled(
        trapezoid(-40, 6, 2000, Math.exp, (s) => Math.exp(-Math.exp(s) + s)),
        0.5,
      );
      return mixture(half, { u: half.u.map((u) => -u), weight: half.weight });
    }
    case 'squared_normal':
      return trapezoid(-30, 30, 6000, (s) => s * s, phi);
    case 'lognormal':
      return trapezoid(-30, 30, 2000, (s) => Math.exp(p * s), phi);
    case 'student_t':
      return studentT(p);
    default:
      throw new Error(`no law for ${kind}`);
  }
}

/** E f(x), x = scale·u + shift drawn by `sampler`: by summation or quadrature, with nothing from src/numeric or src/model. */
export function expectation(sampler: Sampler, f: (x: number) => number): number {
  const { u, weight } = baseLaw(sampler);
  return u.reduce((sum, value, i) => sum + f(sampler.scale * value + sampler.shift) * (weight[i] as number), 0);
}
