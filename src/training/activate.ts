import type { Activation } from '../model/activations.ts';
import { exp, expm1 } from '../numeric/elementary.ts';

/**
 * Values g(βz) and derivatives g′(βz) (without the factor β) of `count` pre-activations; `z` is read before `value` is written, so
 * they may be the same array.
 */
export type Activate = (z: Float64Array, value: Float64Array, derivative: Float64Array, count: number) => void;

/** Below this, tanh u is taken from expm1. */
const TANH_SMALL = 0.3;

/**
 * Prepares an activation with its slope. Logistic and tanh take one exponential for both results, which keep their relative
 * precision in both tails: with e = exp(−|u|) and r = 1/(1 + e), s(u) is r or e·r and s′(u) is e·r²; tanh u = 2·s(2u) − 1.
 */
export function activate(activation: Activation, beta: number): Activate {
  switch (activation.kind) {
    case 'logistic':
      return (z, value, derivative, count) => {
        for (let i = 0; i < count; i++) {
          const u = beta * (z[i] as number);
          const e = exp(-Math.abs(u));
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
          // expm1 keeps the precision of a small u, exp that of a small derivative.
          const small = Math.abs(u) < TANH_SMALL;
          const t = small ? expm1(-2 * Math.abs(u)) : 0;
          const e = small ? 1 + t : exp(-2 * Math.abs(u));
          const r = 1 / (1 + e);
          const size = small ? -t / (2 + t) : (1 - e) * r;
          value[i] = u < 0 ? -size : size;
          derivative[i] = 4 * e * r * r;
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
