import { erf, normalPdf } from '../numeric/special.ts';
import { HIGHEST_MOMENT } from './moments.ts';

/**
 * E u^k, k = 0…8, of N(0, 1) given |u| ≤ c, by parts: m_k = (k − 1)·m_{k−2} − 2·c^(k−1)·φ(c)/P(|u| ≤ c).
 * At c = 2 the variance is 0.773741 = 0.879626²: the constant by which Keras' VarianceScaling divides.
 */
export function truncatedNormalMoments(c: number): readonly number[] {
  const edge = (2 * normalPdf(c)) / erf(c * Math.SQRT1_2);
  const moments = [1, 0];
  let power = c;
  for (let k = 2; k <= HIGHEST_MOMENT; k++) {
    const even = k % 2 === 0;
    moments.push(even ? (k - 1) * (moments[k - 2] as number) - edge * power : 0);
    if (even) power *= c * c;
  }
  return moments;
}
