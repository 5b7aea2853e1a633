import { COLUMNS, type Kernel, type LayerJob, type Pair, RUN } from '../../src/kernel/kernel.ts';
import type { Sampler, SamplerKind } from '../../src/random/sampler.ts';

/** A sampler of unit scale; the parameter is the kind's usual one. */
export function sampler(kind: SamplerKind, ...params: number[]): Sampler {
  return { kind, params, scale: 1, shift: 0 };
}

export const tableSampler = (...table: number[]): Sampler => ({
  ...sampler('table'),
  table: Float32Array.from(table),
});

/** `rows` rows of `width` numbers; no two alike, some negative. */
export const rowsSampler = (rows: number, width: number): Sampler => ({
  ...sampler('rows', width),
  table: Float32Array.from({ length: rows * width }, (_, i) => ((i * 7919) % 1009) / 500 - 1),
});

/** One sampler of every kind. Rows are 300 long. */
export const EVERY_KIND: Readonly<Record<SamplerKind, Sampler>> = {
  constant: { ...sampler('constant'), scale: 0.75, shift: 0.5 },
  uniform: sampler('uniform'),
  normal: sampler('normal'),
  truncated_normal: sampler('truncated_normal'),
  sign: sampler('sign'),
  bernoulli: sampler('bernoulli', 0.1),
  sparse: sampler('sparse', 0.1),
  exponential: { ...sampler('exponential'), shift: -1 },
  laplace: { ...sampler('laplace'), scale: Math.SQRT1_2 },
  lognormal: sampler('lognormal', 1),
  student_t: sampler('student_t', 5),
  table: tableSampler(-1.5, 0.25, 3, 7, 11),
  equicorrelated: sampler('equicorrelated', 0.5),
  ar1: sampler('ar1', 0.9),
  rows: rowsSampler(17, 300),
  squared_normal: { ...sampler('squared_normal'), scale: Math.SQRT1_2, shift: -Math.SQRT1_2 },
};

/** A key for each sampler of a job; other `block`s give other keys. */
export const keysOf = (job: Pick<LayerJob, 'samplers'>, block = 0): Uint32Array[] =>
  job.samplers.map((_, i) => Uint32Array.of(block, i, 0x13198a2e, 0x03707344));

export const pair = (weights: number, inputs: number, fanIns: readonly number[], orthogonal = false): Pair => ({
  weights,
  inputs,
  orthogonal,
  fanIns,
});

/** Copies of the records of one block, by pair and fan-in. */
export function recordsOf(kernel: Kernel, job: LayerJob, keys: readonly Uint32Array[]): Map<string, Uint8Array> {
  return recordsBy(kernel.simulator(job), keys);
}

export function recordsBy(
  simulate: ReturnType<Kernel['simulator']>,
  keys: readonly Uint32Array[],
): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>();
  simulate(keys, (p, fanIn, record) => records.set(`pair ${p}, fan-in ${fanIn}`, record.slice()));
  return records;
}

/** Indices 0 … n − 1 of a panel, index-major. */
export function drawIndices(kernel: Kernel, of: Sampler, key: Uint32Array, panel: number, n: number): Float32Array {
  const out = new Float32Array(n * COLUMNS);
  for (let base = 0; base < n; base += RUN)
    out.set(kernel.draw(of, key, panel, base / RUN, Math.min(RUN, n - base)), base * COLUMNS);
  return out;
}

/**
 * The pre-activations of one pair and one of its fan-ins, straight from the draws: Σ w·x in single precision, index by index, every
 * weight vector with every input vector of its replicate.
 */
export function preActivations(
  kernel: Kernel,
  job: LayerJob,
  which: number,
  fanIn: number,
  keys: readonly Uint32Array[],
): Float32Array {
  const { weights, inputs, orthogonal } = job.pairs[which] as Pair;
  const z = new Float32Array(job.panels * COLUMNS * job.side);
  for (let panel = 0; panel < job.panels; panel++) {
    const [w, x] = [weights, inputs].map((s) =>
      drawIndices(kernel, job.samplers[s] as Sampler, keys[s] as Uint32Array, panel, fanIn),
    ) as [Float32Array, Float32Array];
    for (let v = 0; v < COLUMNS * job.side; v++) {
      const unit = Math.floor(v / job.side);
      const input = unit - (unit % job.side) + (v % job.side);
      let sum = 0;
      let norm = 0;
      for (let i = 0; i < fanIn; i++) {
        const weight = w[i * COLUMNS + unit] as number;
        sum = Math.fround(sum + Math.fround(weight * (x[i * COLUMNS + input] as number)));
        norm = Math.fround(norm + Math.fround(weight * weight));
      }
      const factor = Math.fround(Math.fround(Math.sqrt(fanIn)) / Math.fround(Math.sqrt(norm)));
      z[panel * COLUMNS * job.side + v] = orthogonal ? sum * factor : sum;
    }
  }
  return z;
}
