import type { Sampler } from '../../random/sampler.ts';
import { COLUMNS, RUN } from '../kernel.ts';
import {
  LAYER_SUMS,
  type NetworkJob,
  type NetworkKeys,
  type NetworkResult,
  ownSamplers,
  panelOf,
  SUM,
} from '../network.ts';
import { activate } from './activation.ts';
import { Batch, halfExponent } from './batch.ts';
import { PanelDraws } from './panel.ts';
import { Reflections } from './reflections.ts';
import { DenseWeights, type Weights } from './weights.ts';

const f = Math.fround;

/** `width` × 64 draws of one panel, index-major. */
export function drawPanel(sampler: Sampler, key: Uint32Array, panel: number, width: number): Float32Array {
  const draws = new PanelDraws(sampler, key, panel);
  const out = new Float32Array(width * COLUMNS);
  for (let base = 0; base < width; base += RUN)
    out.set(draws.fill(base / RUN, Math.min(RUN, width - base)), base * COLUMNS);
  return out;
}

/** The draws of a batch, or of a weight matrix: column c of panel p is column 64p + c. */
function drawColumns(
  sampler: Sampler,
  key: Uint32Array,
  [replicate, layer]: readonly [number, number],
  width: number,
  columns: number,
): Batch {
  const batch = new Batch(width, columns);
  for (let panel = 0; panel * COLUMNS < columns; panel++) {
    const draws = drawPanel(sampler, key, panelOf(replicate, layer, panel), width);
    for (let row = 0; row < width; row++)
      for (let c = 0; c < Math.min(COLUMNS, columns - panel * COLUMNS); c++)
        batch.set(row, panel * COLUMNS + c, draws[row * COLUMNS + c] as number);
  }
  return batch;
}

/** One network, one number at a time: what assembly/network.ts does in four lanes, to the bit. */
export function simulateNetwork(job: NetworkJob, keys: NetworkKeys, replicate: number): NetworkResult {
  const { width, depth, batch } = job;
  const own = ownSamplers(job);
  const sums = new Float64Array(depth * LAYER_SUMS);
  const weightsOf = (layer: number): Weights => {
    const draws = drawColumns(job.weights, keys.weights, [replicate, layer], width, width);
    return job.orthogonalGain === null ? new DenseWeights(draws) : new Reflections(draws, f(job.orthogonalGain));
  };
  const biasOf = (layer: number): Float32Array | null =>
    job.biasStd === 0 ? null : drawColumns(own.biases, keys.biases, [replicate, layer], 1, width).row(0);
  let a = drawColumns(job.inputs, keys.inputs, [replicate, 0], width, batch).correlated(job.correlation);
  const norms = [a.columnSquares()];
  const slopes: Batch[] = [];
  let jacobian = Batch.unit(width);
  let exponent = 0;
  for (let layer = 0; layer < depth; layer++) {
    const sum = sums.subarray(layer * LAYER_SUMS, (layer + 1) * LAYER_SUMS);
    const weights = weightsOf(layer);
    const z = weights.forward(a).plusRows(biasOf(layer));
    const slope = new Batch(width, batch);
    a = z.map((value, row, column) => {
      const activated = activate(job.code, f(job.param), f(job.beta), value);
      slope.set(row, column, activated.slope);
      return activated.value;
    });
    slopes.push(slope);
    [sum[SUM.z], sum[SUM.zSquare]] = z.moments();
    sum[SUM.zPairs] = z.pairProducts();
    [sum[SUM.a], sum[SUM.aSquare]] = a.moments();
    norms.push(a.columnSquares());
    [sum[SUM.slope], sum[SUM.slopeSquare]] = slope.moments();
    sum[SUM.saturated] = slope.countBelow(f(job.threshold));
    if (!job.jacobian) continue;
    const next = weights.forward(jacobian).map((value, row) => f(value * slope.get(row, 0)));
    const k = halfExponent(next.moments()[1] / width);
    jacobian = next.map((value) => f(value * 2 ** -k));
    exponent += k;
  }
  backward(
    job,
    { weightsOf, slopes, norms, sums },
    drawColumns(own.gradients, keys.gradients, [replicate, 0], width, batch),
  );
  return { sums, jacobian: job.jacobian ? { matrix: jacobian.toMatrix(), exponent } : null };
}

/** What the way there leaves for the way back. */
interface Trace {
  readonly weightsOf: (layer: number) => Weights;
  readonly slopes: readonly Batch[];
  /** Σa² of each column, of what enters each layer. */
  readonly norms: readonly Float64Array[];
  readonly sums: Float64Array;
}

function backward({ width, depth, batch }: NetworkJob, { weightsOf, slopes, norms, sums }: Trace, top: Batch): void {
  let gradient = top;
  let exponent = 0;
  for (let layer = depth - 1; layer >= 0; layer--) {
    const sum = sums.subarray(layer * LAYER_SUMS, (layer + 1) * LAYER_SUMS);
    const [, squares] = gradient.moments();
    sum[SUM.gradient] = squares;
    sum[SUM.gradientExponent] = exponent;
    const k = halfExponent(squares / (width * batch));
    const slope = slopes[layer] as Batch;
    const inner = gradient.map((value, row, column) => f(f(value * 2 ** -k) * slope.get(row, column)));
    exponent += k;
    const own = inner.columnSquares();
    let weight = 0;
    for (let c = 0; c < batch; c++) weight += (own[c] as number) * (norms[layer]?.[c] as number);
    sum[SUM.weight] = weight;
    sum[SUM.weightExponent] = exponent;
    if (layer > 0) gradient = weightsOf(layer).backward(inner);
  }
}
