import { cos, exp, sin } from '../../numeric/elementary.ts';
import { doubleFactorial, factorial, symmetricMoments } from '../moments.ts';
import { parameter } from '../parameters.ts';
import { type InputKind, NO_PARAMS, UNCHANGED, ZERO } from './family.ts';
import { studentTCharacteristic, studentTMoments } from './student-t.ts';

const NORMAL_MOMENTS = symmetricMoments(doubleFactorial);

/** Families symmetric about their mean, with independent components. */
export const SYMMETRIC: readonly InputKind[] = [
  {
    name: 'normal',
    aliases: ['gaussian'],
    doc: 'Normal: κ = 3',
    parameters: [
      { name: 'mean', doc: 'Mean; matters only when not standardised', default: 0 },
      { name: 'std', doc: 'Standard deviation; matters only when not standardised', default: 1, exclusiveMin: 0 },
    ],
    standardizable: true,
    base: {
      sampler: 'normal',
      samplerParams: NO_PARAMS,
      mean: ZERO,
      central: () => NORMAL_MOMENTS,
      raw: (params) => [parameter(params, 'std'), parameter(params, 'mean')],
      characteristic: () => (omega) => [exp(-0.5 * omega * omega), 0],
    },
  },
  {
    name: 'uniform',
    aliases: [],
    doc: 'Uniform: κ = 1.8',
    parameters: [
      { name: 'low', doc: 'Lower end; matters only when not standardised', default: 0 },
      { name: 'high', doc: 'Upper end; matters only when not standardised', default: 1 },
    ],
    standardizable: true,
    problem(params) {
      const [low, high] = [parameter(params, 'low'), parameter(params, 'high')];
      if (low < high) return null;
      return { received: `low ${low} and high ${high}`, allowed: 'low < high', remedy: 'lower low or raise high' };
    },
    base: {
      sampler: 'uniform',
      samplerParams: NO_PARAMS,
      mean: ZERO,
      central: () => symmetricMoments((k) => 1 / (k + 1)),
      raw(params) {
        const low = parameter(params, 'low');
        const high = parameter(params, 'high');
        return [0.5 * (high - low), 0.5 * (high + low)];
      },
      characteristic: () => (omega) => [omega === 0 ? 1 : sin(omega) / omega, 0],
    },
  },
  {
    name: 'rademacher',
    aliases: ['sign'],
    doc: '−1 or 1 with probability ½ each: κ = 1',
    parameters: [],
    standardizable: true,
    base: {
      sampler: 'sign',
      samplerParams: NO_PARAMS,
      mean: ZERO,
      central: () => symmetricMoments(() => 1),
      raw: UNCHANGED,
      characteristic: () => (omega) => [cos(omega), 0],
    },
  },
  {
    name: 'sparse',
    aliases: [],
    doc: 'N(0, 1) with probability p, else 0: κ = 3/p',
    parameters: [{ name: 'p', doc: 'Probability of a non-zero component', default: 0.1, exclusiveMin: 0, max: 1 }],
    standardizable: true,
    base: {
      sampler: 'sparse',
      samplerParams: (params) => [parameter(params, 'p')],
      mean: ZERO,
      central: (params) => symmetricMoments((k) => (k === 0 ? 1 : parameter(params, 'p') * doubleFactorial(k))),
      raw: UNCHANGED,
      characteristic: (params) => (omega) => {
        const p = parameter(params, 'p');
        return [1 - p + p * exp(-0.5 * omega * omega), 0];
      },
    },
  },
  {
    name: 'laplace',
    aliases: [],
    doc: 'Density exp(−|x|/scale)/(2·scale): κ = 6',
    parameters: [
      { name: 'scale', doc: 'Mean of |x|; matters only when not standardised', default: 1, exclusiveMin: 0 },
    ],
    standardizable: true,
    base: {
      sampler: 'laplace',
      samplerParams: NO_PARAMS,
      mean: ZERO,
      central: () => symmetricMoments(factorial),
      raw: (params) => [parameter(params, 'scale'), 0],
      characteristic: () => (omega) => [1 / (1 + omega * omega), 0],
    },
  },
  {
    name: 'student_t',
    aliases: ['student'],
    doc: 'Student’s t: κ = 3·(df − 2)/(df − 4); moments of order df and above diverge',
    parameters: [{ name: 'df', doc: 'Degrees of freedom', default: 5, min: 0.5 }],
    standardizable: true,
    problem(params, standardize) {
      const df = parameter(params, 'df');
      if (!standardize || df > 2) return null;
      return {
        received: `df ${df}, of infinite variance`,
        allowed: 'df > 2 where x is standardised',
        remedy: 'raise df, or write standardize: false',
      };
    },
    base: {
      sampler: 'student_t',
      samplerParams: (params) => [parameter(params, 'df')],
      mean: ZERO,
      central: (params) => studentTMoments(parameter(params, 'df')),
      raw: UNCHANGED,
      characteristic: (params) => studentTCharacteristic(parameter(params, 'df')),
    },
  },
];
