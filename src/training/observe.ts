import { LAYER_SUMS, type LayerSum } from './arm-record.ts';
import type { Layer, Network } from './network.ts';
import { numericalRank } from './numerical-rank.ts';
import type { Arm, TrainingPlan } from './training-plan.ts';

const PLACE = Object.fromEntries(LAYER_SUMS.map((name, i) => [name, i])) as Record<LayerSum, number>;

/** Looks at a network after a pass over all examples. */
export class Observer {
  /** {@link LAYER_SUMS} of each layer of the network looked at last; 0 where a statistic is not defined. */
  readonly found: Float64Array;
  readonly #layers: readonly Layer[];
  readonly #inflated: readonly number[];
  /** Derivatives below this are saturated. */
  readonly #threshold: number;
  readonly #outputThreshold: number;
  readonly #scratch: Float64Array;
  readonly #rows: number;

  constructor(plan: TrainingPlan, arm: Arm) {
    this.#layers = plan.layers;
    this.#inflated = arm.inflatedUnits;
    this.#threshold = plan.spec.saturation * arm.activation.maxDerivative;
    this.#outputThreshold = plan.spec.network.output === 'logistic' ? plan.spec.saturation / 4 : 0;
    this.#scratch = new Float64Array(plan.layers.reduce((most, l) => Math.max(most, l.fanIn * l.fanOut), 0));
    this.#rows = plan.rows;
    this.found = new Float64Array(plan.layers.length * LAYER_SUMS.length);
  }

  /** Fills `found`. @param initial θ before the first step @returns whether all of it is finite */
  look(network: Network, initial: Float64Array): boolean {
    const { theta, gradient } = network;
    let finite = true;
    this.#layers.forEach(({ at, fanIn, fanOut }, l) => {
      const out = l * LAYER_SUMS.length;
      const end = at + fanIn * fanOut;
      const squares = squareSum(gradient, null, at, end);
      const changes = squareSum(theta, initial, at, end);
      this.found[out + PLACE.gradient_norm] = Math.sqrt(squares);
      this.found[out + PLACE.weight_change] = Math.sqrt(changes / (end - at));
      this.found[out + PLACE.unit_spread] = spread(theta, at, fanIn, fanOut);
      this.found[out + PLACE.saturated] = this.#saturatedShare(network, l, 0, fanOut);
      if (!Number.isFinite(squares + changes)) finite = false;
      this.#groups(network, initial, l);
    });
    if (!finite) return false;
    this.#layers.forEach(({ at, fanIn, fanOut }, l) => {
      const weights = theta.subarray(at, at + fanIn * fanOut);
      this.found[l * LAYER_SUMS.length + PLACE.rank] = numericalRank(weights, fanOut, fanIn, this.#scratch);
    });
    return true;
  }

  /** The units whose weights were inflated, and the others. */
  #groups(network: Network, initial: Float64Array, l: number): void {
    const { theta, gradient } = network;
    const { at, fanIn, fanOut } = this.#layers[l] as Layer;
    const units = this.#inflated[l] ?? 0;
    if (units === 0 || units === fanOut) return;
    const out = l * LAYER_SUMS.length;
    const border = at + units * fanIn;
    const end = at + fanOut * fanIn;
    const rms = (values: Float64Array, from: Float64Array | null, first: number, last: number) =>
      Math.sqrt(squareSum(values, from, first, last) / (last - first));
    this.found[out + PLACE.gradient_inflated] = rms(gradient, null, at, border);
    this.found[out + PLACE.gradient_others] = rms(gradient, null, border, end);
    this.found[out + PLACE.change_inflated] = rms(theta, initial, at, border);
    this.found[out + PLACE.change_others] = rms(theta, initial, border, end);
    this.found[out + PLACE.saturated_inflated] = this.#saturatedShare(network, l, 0, units);
    this.found[out + PLACE.saturated_others] = this.#saturatedShare(network, l, units, fanOut);
  }

  /** Share of (example, unit) of units [from, to) with a small derivative. */
  #saturatedShare(network: Network, l: number, from: number, to: number): number {
    const { fanOut } = this.#layers[l] as Layer;
    const hidden = network.derivatives[l];
    let count = 0;
    for (let s = 0; s < this.#rows; s++)
      for (let j = from; j < to; j++) {
        const i = s * fanOut + j;
        if (hidden !== undefined) {
          if (Math.abs(hidden[i] as number) < this.#threshold) count++;
        } else {
          const p = network.outputs[i] as number;
          if (p * (1 - p) < this.#outputThreshold) count++;
        }
      }
    return count / (this.#rows * (to - from));
  }
}

/** Σ (values − from)² over [first, last). */
export function squareSum(values: Float64Array, from: Float64Array | null, first: number, last: number): number {
  let sum = 0;
  if (from === null) for (let i = first; i < last; i++) sum += (values[i] as number) * (values[i] as number);
  else
    for (let i = first; i < last; i++) {
      const change = (values[i] as number) - (from[i] as number);
      sum += change * change;
    }
  return sum;
}

/** Largest difference between two units in one weight or bias: exactly 0 where all units are the same. */
function spread(theta: Float64Array, at: number, fanIn: number, fanOut: number): number {
  let widest = 0;
  for (let k = 0; k <= fanIn; k++) {
    const [first, step] = k < fanIn ? [at + k, fanIn] : [at + fanIn * fanOut, 1];
    let low = theta[first] as number;
    let high = low;
    for (let j = 1; j < fanOut; j++) {
      const value = theta[first + j * step] as number;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    widest = Math.max(widest, high - low);
  }
  return widest;
}
