import type { Activation } from '../model/activations.ts';
import { EXP_MIN, expPolynomial, LN2_HI, LN2_LO, LOG2E, MAGIC } from '../numeric/exponential.ts';
import { powerOfTwo } from '../numeric/words.ts';

/**
 * Values g(βz) and derivatives g′(βz) (without the factor β) of `count` pre-activations; `z` is read before `value` is written, so
 * they may be the same array.
 */
export type Activate = (z: Float64Array, value: Float64Array, derivative: Float64Array, count: number) => void;

/**
 * Prepares an activation with its slope. Logistic and tanh take one exponential for both results, which keep their relative
 * precision in both tails: with e = exp(−|u|) and r = 1/(1 + e), s(u) is r or e·r and s′(u) is e·r²; of tanh, t = expm1(−2|u|) gives
 * −t/(1 + e) and 4e/(1 + e)².
 */
export function activate(activation: Activation, beta: number): Activate {
  switch (activation.kind) {
    case 'logistic':
      return (z, value, derivative, count) => {
        for (let i = 0; i < count; i++) {
          const u = beta * (z[i] as number);
          const x = Math.max(-Math.abs(u), EXP_MIN);
          // exp of src/numeric, written out: it is not inlined everywhere, and is half of a step.
          const k = x * LOG2E + MAGIC - MAGIC;
          const q = x - k * LN2_HI - k * LN2_LO;
          const e = (1 + (q + q * q * expPolynomial(q))) * powerOfTwo(k);
          const r = 1 / (1 + e);
          const tail = e * r;
          value[i] = u < 0 ? tail : r;
          derivative[i] = tail * r;
        }
      };
    case 'tanh':
      return (z, value, derivative, count) => {
        for (let i = 0; i < count; i++) {
          const u = beta * (z[i] as number);
          const x = Math.max(-2 * Math.abs(u), EXP_MIN);
          // exp and expm1 of src/numeric with their common part done once: e = 2^k·(1 + p), t = 2^k·p + (2^k − 1).
          const k = x * LOG2E + MAGIC - MAGIC;
          const r = x - k * LN2_HI - k * LN2_LO;
          const p = r + r * r * expPolynomial(r);
          const two = powerOfTwo(k);
          const t = two * p + (two - 1);
          const e = (1 + p) * two;
          const inverse = 1 / (1 + e);
          const size = (0 - t) * inverse; // not −0
          value[i] = u < 0 ? -size : size;
          derivative[i] = 4 * e * inverse * inverse;
        }
      };
    case 'relu':
      return (z, value, derivative, count) => {
        for (let i = 0; i < count; i++) {
          const u = beta * (z[i] as number);
          value[i] = Math.max(u, 0);
          derivative[i] = u > 0 ? 1 : 0;
        }
      };
    default:
      return (z, value, derivative, count) => {
        for (let i = 0; i < count; i++) {
          const u = beta * (z[i] as number);
          value[i] = activation.value(u);
          derivative[i] = activation.derivative(u);
        }
      };
  }
}
