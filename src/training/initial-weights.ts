import { DrawStream } from './draw-stream.ts';
import { haar } from './haar.ts';
import type { Layer } from './network.ts';
import type { Arm, TrainingPlan } from './training-plan.ts';

/**
 * Fills θ with the initial weights and biases of one replicate: scale·s(fanIn, fanOut) times unit draws, and biasStd times normals.
 * The draws belong to (replicate, layer, shape), so that arms of one shape differ by their scale alone. An orthogonal layer is a Haar
 * matrix: orthonormal rows, or columns where there are more units than inputs, times the gain.
 */
export function initialWeights(
  { spec, layers }: TrainingPlan,
  { spec: arm, initializer, inflatedUnits }: Arm,
  theta: Float64Array,
  block: number,
  replicate: number,
): void {
  const { shape } = initializer;
  layers.forEach(({ at, fanIn, fanOut }, l) => {
    const weights = theta.subarray(at, at + fanIn * fanOut);
    const draws = (part: string, details: unknown) =>
      new DrawStream(spec, block, replicate, { role: 'weights', part, details });
    const orthogonal = shape.kind === 'orthogonal';
    draws('weights', { layer: l, shape: shape.kind }).fill(weights, shape.sampler);
    if (orthogonal) haar(weights, fanOut, fanIn);
    // The shape `orthogonal` has rows of length √fanIn at unit scale.
    const unit = arm.scale * initializer.scale(fanIn, fanOut) * (orthogonal ? Math.sqrt(fanIn) : 1);
    scaleLayer(theta, { at, fanIn, fanOut }, unit, unit * arm.inflation, inflatedUnits[l] ?? 0);
    const biases = theta.subarray(at + fanIn * fanOut, at + (fanIn + 1) * fanOut);
    if (arm.biasStd === 0) biases.fill(0);
    else {
      const normals = draws('biases', { layer: l }).normals(fanOut);
      for (let j = 0; j < fanOut; j++) biases[j] = arm.biasStd * (normals[j] as number);
    }
  });
}

function scaleLayer(theta: Float64Array, layer: Layer, usual: number, inflated: number, units: number): void {
  const { at, fanIn, fanOut } = layer;
  const border = at + units * fanIn;
  for (let i = at; i < border; i++) theta[i] = inflated * (theta[i] as number);
  for (let i = border; i < at + fanIn * fanOut; i++) theta[i] = usual * (theta[i] as number);
}
