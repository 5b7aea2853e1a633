import type { Sampler, SamplerKind } from '../random/sampler.ts';
import { doubleFactorial, momentList, symmetricMoments } from './moments.ts';
import { truncatedNormalMoments } from './truncated-normal.ts';

export type ShapeKind = 'uniform' | 'normal' | 'truncated_normal' | 'sign' | 'constant' | 'orthogonal' | 'zero';

/** A distribution of weights at unit scale; all initializers of one shape share their draws. */
export interface Shape {
  readonly kind: ShapeKind;
  readonly doc: string;
  /** E u^k, k = 0…8, of one weight at unit scale. Of `orthogonal`, the moments of the normals that its rows are made from. */
  readonly moments: readonly number[];
  /** Var u: 0 for `constant`, which is the same number in every draw. */
  readonly variance: number;
  readonly sampler: Sampler;
}

const draw = (kind: SamplerKind, scale = 1): Sampler => ({ kind, params: [], scale, shift: 0 });
const NORMAL_MOMENTS = symmetricMoments(doubleFactorial);
const TRUNCATED_MOMENTS = truncatedNormalMoments(2);

export const SHAPES: Readonly<Record<ShapeKind, Shape>> = {
  uniform: {
    kind: 'uniform',
    doc: 'U(−1, 1): variance 1/3',
    moments: symmetricMoments((k) => 1 / (k + 1)),
    variance: 1 / 3,
    sampler: draw('uniform'),
  },
  normal: { kind: 'normal', doc: 'N(0, 1)', moments: NORMAL_MOMENTS, variance: 1, sampler: draw('normal') },
  truncated_normal: {
    kind: 'truncated_normal',
    doc: 'N(0, 1) given |u| ≤ 2: variance 0.773741',
    moments: TRUNCATED_MOMENTS,
    variance: TRUNCATED_MOMENTS[2] as number,
    sampler: draw('truncated_normal'),
  },
  sign: {
    kind: 'sign',
    doc: '−1 or 1 with probability ½ each',
    moments: symmetricMoments(() => 1),
    variance: 1,
    sampler: draw('sign'),
  },
  constant: {
    kind: 'constant',
    doc: 'always 1',
    moments: momentList(() => 1),
    variance: 0,
    sampler: draw('constant'),
  },
  orthogonal: {
    kind: 'orthogonal',
    doc: 'a row uniform on the sphere of radius √n: normals divided by their root mean square',
    moments: NORMAL_MOMENTS,
    variance: 1,
    sampler: draw('normal'),
  },
  zero: {
    kind: 'zero',
    doc: 'always 0',
    moments: momentList((k) => (k === 0 ? 1 : 0)),
    variance: 0,
    sampler: draw('constant', 0),
  },
};
