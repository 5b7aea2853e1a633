import { ACTIVATION_CODES } from '../../src/model/activations.ts';
import { rawKernel } from './kernels.ts';

const raw = rawKernel(256);

/** g(u) and g′(u) of an activation at many points, as the WebAssembly kernel computes them. */
export function evaluate(
  name: (typeof ACTIVATION_CODES)[number],
  points: ArrayLike<number>,
  param = 0,
): { g: Float64Array; d: Float64Array } {
  const n = points.length + (points.length & 1);
  const [at, g, d] = [0, 1, 2].map((i) => ((raw.heapBase() + 63) & ~63) + 8 * n * i) as [number, number, number];
  new Float64Array(raw.memory.buffer, at, n).fill(0);
  new Float64Array(raw.memory.buffer, at, points.length).set(points);
  raw.evaluate(ACTIVATION_CODES.indexOf(name), param, 1, 0, at, n, g, d);
  const copy = (from: number) => new Float64Array(raw.memory.buffer, from, points.length).slice();
  return { g: copy(g), d: copy(d) };
}
