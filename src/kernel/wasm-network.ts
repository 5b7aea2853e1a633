import type { Sampler } from '../random/sampler.ts';
import { RUN } from './kernel.ts';
import { LAYER_SUMS, type NetworkJob, type NetworkKeys, type NetworkSimulator, ownSamplers } from './network.ts';
import { matrixBytes, PANEL_BYTES, strideOf } from './network-memory.ts';
import type { WasmMemory } from './wasm-memory.ts';

const JOB_BYTES = 128;
const KEY_OFFSET = 32;
/**
 * Lays a network out in memory that the caller has cleared (assembly/network.ts).
 *
 * @param keptBytes of weights that lie in memory together, at most, but for one layer's
 * @param writeSampler as the kernel writes a sampler's record; returns where the record is
 */
export function networkSimulator(
  memory: WasmMemory,
  job: NetworkJob,
  keptBytes: number,
  writeSampler: (sampler: Sampler) => number,
): NetworkSimulator {
  const { width, depth, batch } = job;
  const stride = strideOf(width);
  const strips = batch / 4;
  const wide = 4 * Math.ceil(width / 16);
  const orthogonal = job.orthogonalGain !== null;
  const slots = Math.min(depth, Math.max(1, Math.floor(keptBytes / matrixBytes(width, orthogonal))));
  const own = ownSamplers(job);
  const samplers = {
    weights: writeSampler(job.weights),
    inputs: writeSampler(job.inputs),
    biases: job.biasStd === 0 ? 0 : writeSampler(own.biases),
    gradients: writeSampler(own.gradients),
  };
  const record = memory.allocate(JOB_BYTES);
  const slotBytes = matrixBytes(width, orthogonal);
  const matrices = memory.allocate(slots * slotBytes);
  const [a, z] = [memory.allocate(strips * stride), memory.allocate(strips * stride)];
  const slopes = memory.allocate(depth * strips * stride);
  const norms = memory.allocate(8 * batch * (depth + 1));
  const sums = memory.allocate(8 * LAYER_SUMS * depth);
  const draws = memory.allocate(Math.ceil(width / RUN) * PANEL_BYTES);
  const [jacobian, scratch] = job.jacobian ? [memory.allocate(wide * stride), memory.allocate(wide * stride)] : [0, 0];
  // Rows that pad a tile are read before anything else writes them: they must be numbers that cost no time.
  memory.u8(a, sums - a).fill(0);
  const words = memory.u32(record, JOB_BYTES / 4);
  const singles = memory.f32(record, JOB_BYTES / 4);
  words.set([width, depth, strips, stride, samplers.weights, samplers.inputs, samplers.biases, samplers.gradients]);
  words[8] = orthogonal ? 1 : 0;
  singles[9] = job.orthogonalGain ?? 1;
  words[10] = job.code;
  singles[11] = job.param;
  singles[12] = job.beta;
  singles[13] = job.threshold;
  // The last slot is the one that layers without their own share.
  words.set([matrices, slotBytes, slots - (slots < depth ? 1 : 0), a, z, slopes, norms, sums], 14);
  singles[22] = Math.sqrt(1 - job.correlation * job.correlation);
  singles[23] = job.correlation;
  words.set([draws, jacobian, scratch, wide], 24);
  const setKey = (at: number, key: Uint32Array): void => {
    if (at !== 0) memory.u32(at + KEY_OFFSET, 4).set(key);
  };
  return (keys: NetworkKeys, replicate) => {
    setKey(samplers.weights, keys.weights);
    setKey(samplers.biases, keys.biases);
    setKey(samplers.inputs, keys.inputs);
    setKey(samplers.gradients, keys.gradients);
    memory.exports.simulateNetwork(record, replicate);
    return {
      sums: memory.f64(sums, LAYER_SUMS * depth).slice(),
      jacobian: job.jacobian ? readJacobian(memory, record, width, stride) : null,
    };
  };
}

/** The two matrices change places at every layer: the record says which one it is in. */
function readJacobian(memory: WasmMemory, record: number, width: number, stride: number) {
  const words = memory.u32(record, JOB_BYTES / 4);
  const strips = memory.f32(words[25] as number, (stride / 4) * Math.ceil(width / 4));
  const matrix = new Float64Array(width * width);
  for (let row = 0; row < width; row++)
    for (let column = 0; column < width; column++)
      matrix[row * width + column] = strips[(column >> 2) * (stride / 4) + row * 4 + (column & 3)] as number;
  return { matrix, exponent: (words[28] as number) | 0 };
}
