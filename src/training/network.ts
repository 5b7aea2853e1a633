import type { Activation } from '../model/activations.ts';
import type { OutputKind, TrainingSpec } from '../model/training-spec.ts';
import { type Activate, activate } from './activate.ts';
import { type BatchLoss, type OutputLoss, outputLoss } from './output-loss.ts';
import { affine, backward, weightGradient } from './products.ts';

/** One weight layer: where its parameters stand in θ, its weights (fanOut × fanIn, row-major) before its biases. */
export interface Layer {
  readonly at: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Weight layers of units [inputs, hidden…, outputs]. */
export function layersOf(units: readonly number[]): Layer[] {
  let at = 0;
  return units.slice(1).map((fanOut, i) => {
    const layer = { at, fanIn: units[i] as number, fanOut };
    at += (layer.fanIn + 1) * fanOut;
    return layer;
  });
}

/** Weights and biases of all layers. */
export function parameterCount(layers: readonly Layer[]): number {
  return layers.reduce((sum, { fanIn, fanOut }) => sum + (fanIn + 1) * fanOut, 0);
}

export interface NetworkShape {
  readonly layers: readonly Layer[];
  readonly activation: Activation;
  readonly beta: number;
  readonly output: OutputKind;
  readonly loss: TrainingSpec['loss'];
  readonly classes: number;
}

/**
 * A multi-layer perceptron: a_l = g(β·(W_l·a_{l−1} + b_l)) in every unit, the output's included. All memory is taken here; nothing is
 * allocated by a pass.
 *
 * Gradients by back-propagation (Rumelhart, Hinton & Williams 1986): with δ the errors without their constant factors,
 * ∂L/∂W_l = β^(L−l+1)/rows·Σ δ_l aᵀ_{l−1}, L layers counted from 1. The constants come last, see {@link weightGradient}.
 */
export class Network {
  readonly layers: readonly Layer[];
  readonly theta: Float64Array;
  readonly gradient: Float64Array;
  /** Loss and errors of the last pass. */
  readonly result: BatchLoss = { loss: 0, right: 0, scale: 0 };
  /** Of each hidden layer, rows × units: g(βz) and g′(βz). The last pass's. */
  readonly values: readonly Float64Array[];
  readonly derivatives: readonly Float64Array[];
  /** rows × outputs of the last pass. */
  readonly outputs: Float64Array;
  readonly #deltas: readonly Float64Array[];
  readonly #activate: Activate;
  readonly #loss: OutputLoss;
  readonly #beta: number;

  /** @param rows examples of a pass, at most */
  constructor({ layers, activation, beta, output, loss, classes }: NetworkShape, rows: number) {
    const last = layers.at(-1) as Layer;
    const room = (fanOut: number) => new Float64Array(rows * fanOut);
    const hidden = layers.slice(0, -1).map(({ fanOut }) => fanOut);
    this.layers = layers;
    this.theta = new Float64Array(parameterCount(layers));
    this.gradient = new Float64Array(this.theta.length);
    this.values = hidden.map(room);
    this.derivatives = hidden.map(room);
    this.outputs = room(last.fanOut);
    this.#deltas = layers.map(({ fanOut }) => room(fanOut));
    this.#activate = activate(activation, beta);
    this.#loss = outputLoss(loss, output, beta, last.fanOut, classes);
    this.#beta = beta;
  }

  /** Loss, right answers and gradient of one batch. @param inputs rows × inputs @param targets rows × outputs */
  pass(inputs: Float64Array, targets: Float64Array, rows: number): BatchLoss {
    const { layers, theta, values, derivatives, outputs } = this;
    const last = layers.length - 1;
    for (let l = 0; l <= last; l++) {
      const { at, fanIn, fanOut } = layers[l] as Layer;
      const from = l === 0 ? inputs : (values[l - 1] as Float64Array);
      const to = l === last ? outputs : (values[l] as Float64Array);
      affine(from, theta, at, to, rows, fanIn, fanOut);
      if (l < last) this.#activate(to, to, derivatives[l] as Float64Array, rows * fanOut);
    }
    this.#loss(outputs, targets, this.#deltas[last] as Float64Array, rows, this.result);
    let factor = this.#beta / rows;
    for (let l = last; l >= 0; l--) {
      const { at, fanIn, fanOut } = layers[l] as Layer;
      const delta = this.#deltas[l] as Float64Array;
      const from = l === 0 ? inputs : (values[l - 1] as Float64Array);
      weightGradient(from, delta, this.gradient, at, rows, fanIn, fanOut, factor);
      if (l > 0)
        backward(
          delta,
          theta,
          at,
          derivatives[l - 1] as Float64Array,
          this.#deltas[l - 1] as Float64Array,
          rows,
          fanIn,
          fanOut,
        );
      factor *= this.#beta;
    }
    return this.result;
  }
}
