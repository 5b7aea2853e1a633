import type { OutputKind, TrainingSpec } from '../model/training-spec.ts';
import { exp, log, log1p } from '../numeric/elementary.ts';

/** Loss of a batch: mean over the examples. */
export interface BatchLoss {
  /** Mean over examples of the cross-entropy −Σ y ln p, or of ½ Σ (o − y)². */
  loss: number;
  /** Examples whose class is right; of a value, 0. */
  right: number;
  /** √(mean over examples of Σ_k delta²): how large the errors at the output are, whether or not they cancel. */
  scale: number;
}

/**
 * The output layer: o = g(u), u = βz, the loss, and delta = ∂(loss of one example)/∂u in `delta`. `z` is overwritten by o. delta has
 * neither the β of the last layer nor the 1/rows of the mean: see `weightGradient`. The cross-entropies take u, not o, so that they
 * neither overflow nor lose a small 1 − p.
 */
export type OutputLoss = (
  z: Float64Array,
  targets: Float64Array,
  delta: Float64Array,
  rows: number,
  out: BatchLoss,
) => void;

/** @param classes number of them; 0 where the target is a value, and nothing is right or wrong */
export function outputLoss(
  loss: TrainingSpec['loss'],
  output: OutputKind,
  beta: number,
  outputs: number,
  classes: number,
): OutputLoss {
  // Where one output stands between the two classes.
  const middle = output === 'identity' ? 0.5 / beta : 0;
  return (z, targets, delta, rows, out) => {
    let total = 0;
    let squares = 0;
    let right = 0;
    for (let s = 0, at = 0; s < rows; s++, at += outputs) {
      if (classes > 0 && isRight(z, targets, at, outputs, middle)) right++;
      const softmaxTerm = output === 'softmax' ? softmax(z, at, outputs, beta) : 0;
      for (let i = at; i < at + outputs; i++) {
        const y = targets[i] as number;
        const u = beta * (z[i] as number);
        let value = u;
        let error = 0;
        if (output === 'softmax') {
          // softmax() has left u − max in z; −ln p = ln Σ exp − that.
          value = exp((z[i] as number) - softmaxTerm);
          total += y * (softmaxTerm - (z[i] as number));
          error = value - y;
        } else if (output === 'logistic') {
          const e = exp(-Math.abs(u));
          const r = 1 / (1 + e);
          value = u < 0 ? e * r : r;
          error = value - y;
          if (loss === 'cross_entropy') total += Math.max(u, 0) - y * u + log1p(e);
          else {
            total += 0.5 * error * error;
            error *= e * r * r;
          }
        } else {
          error = u - y;
          total += 0.5 * error * error;
        }
        z[i] = value;
        delta[i] = error;
        squares += error * error;
      }
    }
    out.loss = total / rows;
    out.right = right;
    out.scale = Math.sqrt(squares / rows);
  };
}

/** One output: above ½ is class 1. Several: the largest, the first one of equals. */
function isRight(z: Float64Array, targets: Float64Array, at: number, outputs: number, middle: number): boolean {
  if (outputs === 1) return (z[at] as number) > middle === (targets[at] as number) > 0.5;
  let best = at;
  for (let i = at + 1; i < at + outputs; i++) if ((z[i] as number) > (z[best] as number)) best = i;
  return targets[best] === 1;
}

/** Replaces z by u − max u, and returns ln Σ exp of these. */
function softmax(z: Float64Array, at: number, outputs: number, beta: number): number {
  let largest = -Infinity;
  for (let i = at; i < at + outputs; i++) largest = Math.max(largest, beta * (z[i] as number));
  let sum = 0;
  for (let i = at; i < at + outputs; i++) {
    const u = beta * (z[i] as number) - largest;
    z[i] = u;
    sum += exp(u);
  }
  return log(sum);
}
