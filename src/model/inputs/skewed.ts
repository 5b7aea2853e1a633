import { cos, exp, sin } from '../../numeric/elementary.ts';
import { integerPower, momentList } from '../moments.ts';
import { parameter } from '../parameters.ts';
import { type InputKind, NO_PARAMS, UNCHANGED } from './family.ts';
import { lognormalCentral } from './lognormal.ts';

/** Central moments of Exp(1): the subfactorials, c_k = k·c_{k−1} + (−1)^k. */
function subfactorial(k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = i * value + (i % 2 === 0 ? 1 : -1);
  return value;
}

/**
 * Central moments of N(0, 1)², a Gamma(½) of scale 2: c_{k+1} = 2k·(c_k + c_{k−1}), the recursion of the Gamma family
 * c_{k+1} = kθ·(c_k + aθ·c_{k−1}) (Willink 2003).
 */
const SQUARED_NORMAL_CENTRAL = momentList((k) => {
  let [before, now] = [1, 0];
  if (k === 0) return before;
  for (let i = 1; i < k; i++) [before, now] = [now, 2 * i * (now + before)];
  return now;
});

/** Families that are not symmetric, with independent components. */
export const SKEWED: readonly InputKind[] = [
  {
    name: 'bernoulli',
    aliases: [],
    doc: '1 with probability p, else 0',
    parameters: [{ name: 'p', doc: 'Probability of a 1', default: 0.5, exclusiveMin: 0, exclusiveMax: 1 }],
    standardizable: true,
    base: {
      sampler: 'bernoulli',
      samplerParams: (params) => [parameter(params, 'p')],
      mean: (params) => parameter(params, 'p'),
      central(params) {
        const p = parameter(params, 'p');
        return momentList((k) => (k === 1 ? 0 : p * integerPower(1 - p, k) + (1 - p) * integerPower(-p, k)));
      },
      raw: UNCHANGED,
      characteristic: (params) => (omega) => {
        const p = parameter(params, 'p');
        return [1 - p + p * cos(omega), p * sin(omega)];
      },
    },
  },
  {
    name: 'exponential',
    aliases: [],
    doc: 'Exponential: skewness 2, κ = 9 about the mean',
    parameters: [{ name: 'rate', doc: '1/mean; matters only when not standardised', default: 1, exclusiveMin: 0 }],
    standardizable: true,
    base: {
      sampler: 'exponential',
      samplerParams: NO_PARAMS,
      mean: () => 1,
      central: () => momentList(subfactorial),
      raw: (params) => [1 / parameter(params, 'rate'), 0],
      characteristic: () => (omega) => {
        const density = 1 / (1 + omega * omega);
        return [density, omega * density];
      },
    },
  },
  {
    name: 'squared_normal',
    aliases: [],
    doc: 'The square of a standard normal (chi-square with one degree of freedom): κ = 15 about the mean',
    parameters: [],
    standardizable: true,
    base: {
      sampler: 'squared_normal',
      samplerParams: NO_PARAMS,
      mean: () => 1,
      central: () => SQUARED_NORMAL_CENTRAL,
      raw: UNCHANGED,
      // (1 − 2iω)^−½, by the square root of a complex number.
      characteristic: () => (omega) => {
        const size = Math.sqrt(1 + 4 * omega * omega);
        const imaginary = Math.sqrt((size - 1) / 2) / size;
        return [Math.sqrt((size + 1) / 2) / size, omega < 0 ? -imaginary : imaginary];
      },
    },
  },
  {
    name: 'lognormal',
    aliases: [],
    doc: 'exp(mu + sigma·N(0, 1))',
    parameters: [
      // The eighth moment is exp(32·sigma²): it leaves the range of doubles past 4.7.
      { name: 'sigma', doc: 'Standard deviation of ln x', default: 1, exclusiveMin: 0, max: 4 },
      { name: 'mu', doc: 'Mean of ln x; matters only when not standardised', default: 0, min: -50, max: 50 },
    ],
    standardizable: true,
    base: {
      sampler: 'lognormal',
      samplerParams: (params) => [parameter(params, 'sigma')],
      mean: (params) => exp(0.5 * integerPower(parameter(params, 'sigma'), 2)),
      central: (params) => lognormalCentral(parameter(params, 'sigma')),
      raw: (params) => [exp(parameter(params, 'mu')), 0],
    },
  },
];
