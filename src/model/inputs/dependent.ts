import { cos, sin } from '../../numeric/elementary.ts';
import { doubleFactorial, momentList, symmetricMoments } from '../moments.ts';
import { parameter } from '../parameters.ts';
import { type InputKind, NO_PARAMS, UNCHANGED, ZERO } from './family.ts';

const NORMAL_MOMENTS = symmetricMoments(doubleFactorial);

/** Standard normal components that depend on each other, and the constant, which depends on nothing. */
export const DEPENDENT: readonly InputKind[] = [
  {
    name: 'equicorrelated',
    aliases: [],
    doc: 'Standard normal components, every two with correlation rho: √rho·c + √(1 − rho)·g with one c for each vector',
    parameters: [{ name: 'rho', doc: 'Correlation of any two components', default: 0.5, min: 0, max: 1 }],
    standardizable: true,
    base: {
      sampler: 'equicorrelated',
      samplerParams: (params) => [parameter(params, 'rho')],
      mean: ZERO,
      central: () => NORMAL_MOMENTS,
      raw: UNCHANGED,
      dependence: (params) => ({ kind: 'equicorrelated', rho: parameter(params, 'rho') }),
    },
  },
  {
    name: 'ar1',
    aliases: [],
    doc: 'Standard normal components, a stationary first-order autoregression along the index: correlation phi^|i − j|',
    parameters: [{ name: 'phi', doc: 'Correlation of neighbours', default: 0.5, exclusiveMin: -1, exclusiveMax: 1 }],
    standardizable: true,
    base: {
      sampler: 'ar1',
      samplerParams: (params) => [parameter(params, 'phi')],
      mean: ZERO,
      central: () => NORMAL_MOMENTS,
      raw: UNCHANGED,
      dependence: (params) => ({ kind: 'ar1', phi: parameter(params, 'phi') }),
    },
  },
  {
    name: 'constant',
    aliases: [],
    doc: 'Every component the same number; never standardised',
    parameters: [{ name: 'value', doc: 'The component', default: 1 }],
    standardizable: false,
    base: {
      sampler: 'constant',
      samplerParams: NO_PARAMS,
      mean: () => 1,
      central: () => momentList((k) => (k === 0 ? 1 : 0)),
      raw: (params) => [parameter(params, 'value'), 0],
      characteristic: () => (omega) => [cos(omega), sin(omega)],
    },
  },
];
