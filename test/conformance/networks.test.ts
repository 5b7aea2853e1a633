import { describe, expect, it } from 'vitest';
import { LAYER_SUMS, type NetworkJob, type NetworkKeys, SUM } from '../../src/kernel/network.ts';
import { ReferenceKernel } from '../../src/kernel/reference.ts';
import { compileKernel, WasmKernel } from '../../src/kernel/wasm.ts';
import { ACTIVATION_CODES, resolveActivation } from '../../src/model/activations.ts';
import { EVERY_KIND, sampler } from '../support/jobs.ts';

const wasm = new WasmKernel();
const reference = new ReferenceKernel();

const KEYS: NetworkKeys = {
  weights: Uint32Array.of(1, 2, 3, 4),
  biases: Uint32Array.of(5, 6, 7, 8),
  inputs: Uint32Array.of(9, 10, 11, 12),
  gradients: Uint32Array.of(13, 14, 15, 16),
};

const JOB: NetworkJob = {
  width: 20,
  depth: 3,
  batch: 16,
  weights: { ...sampler('normal'), scale: 1 / Math.sqrt(20) },
  orthogonalGain: null,
  inputs: sampler('normal'),
  correlation: 0,
  biasStd: 0,
  code: ACTIVATION_CODES.indexOf('tanh'),
  param: 0,
  beta: 1,
  threshold: 0.1,
  jacobian: false,
};

const hex = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

/** Fails unless both kernels give the same bits for replicates 0 and 3. */
function expectEqual(job: NetworkJob): void {
  const [one, other] = [wasm.networks(job), reference.networks(job)];
  for (const replicate of [0, 3]) {
    const [got, want] = [one(KEYS, replicate), other(KEYS, replicate)];
    expect([...got.sums]).toEqual([...want.sums]);
    expect(hex(got.sums)).toBe(hex(want.sums));
    expect(got.jacobian?.exponent).toBe(want.jacobian?.exponent);
    expect(got.jacobian && hex(got.jacobian.matrix)).toEqual(want.jacobian && hex(want.jacobian.matrix));
  }
}

describe('networks of the WebAssembly kernel against the reference', () => {
  it.each(ACTIVATION_CODES)('the same bits with %s', (name) => {
    const { code, param } = resolveActivation({ kind: name, params: {} });
    for (const [beta, scale] of [
      [1, 1],
      [2.5, 8],
      [0.3, 0.01],
    ] as const)
      expectEqual({
        ...JOB,
        code,
        param,
        beta,
        weights: { ...JOB.weights, scale: scale * JOB.weights.scale },
        jacobian: true,
      });
  });

  it.each([1, 2, 3, 5, 63, 64, 65, 127, 128, 129, 150])('width %i', (width) => {
    for (const orthogonalGain of [null, 1.5])
      expectEqual({
        ...JOB,
        width,
        orthogonalGain,
        depth: 2,
        batch: 32,
        biasStd: 0.3,
        correlation: 0.4,
        jacobian: width < 70,
      });
  });

  it.each(Object.entries(EVERY_KIND))('inputs and weights drawn as %s', (_, inputs) => {
    expectEqual({ ...JOB, inputs, correlation: -0.5 });
    expectEqual({ ...JOB, weights: { ...inputs, scale: 0.3 }, width: 130, depth: 1 });
  });

  it('more columns than a panel has', () => {
    expectEqual({ ...JOB, width: 8, batch: 144 });
  });

  it('layers whose weights do not fit, and are drawn twice', () => {
    const layer = 16 * 2112; // bytes of one layer of width 20
    for (const orthogonalGain of [null, 1.2])
      for (const kept of [1, 2 * layer, 3 * layer, 100 * layer]) {
        const job = { ...JOB, depth: 5, orthogonalGain, jacobian: true };
        const [got, want] = [new WasmKernel(compileKernel(), kept), wasm].map((kernel) =>
          kernel.networks(job)(KEYS, 2),
        );
        expect(hex(got?.sums as Float64Array)).toBe(hex(want?.sums as Float64Array));
      }
  });

  it('zeros and a range that single precision lacks', () => {
    for (const name of ['relu', 'logistic', 'identity'] as const) {
      const { code } = resolveActivation({ kind: name, params: {} });
      expectEqual({ ...JOB, code, weights: { ...sampler('constant'), scale: 0 }, jacobian: true });
      expectEqual({ ...JOB, code, depth: 12, weights: { ...sampler('constant'), scale: 1e4 }, jacobian: true });
      expectEqual({ ...JOB, code, depth: 12, weights: { ...sampler('normal'), scale: 1e-9 }, jacobian: true });
      expectEqual({ ...JOB, code, depth: 12, weights: { ...sampler('normal'), scale: 1e9 } });
    }
  });

  it('a deeper network begins like a shallow one, and scales share their draws', () => {
    const [shallow, deep] = [2, 5].map((depth) => wasm.networks({ ...JOB, depth })(KEYS, 0).sums) as [
      Float64Array,
      Float64Array,
    ];
    for (const at of [SUM.z, SUM.zSquare, SUM.aSquare, LAYER_SUMS + SUM.zSquare]) expect(deep[at]).toBe(shallow[at]);
    const doubled = wasm.networks({ ...JOB, weights: { ...JOB.weights, scale: 2 * JOB.weights.scale } })(KEYS, 0).sums;
    expect(doubled[SUM.zSquare]).toBe(4 * (shallow[SUM.zSquare] as number));
  });

  it('would notice one bit of a key (negative control)', () => {
    for (const name of ['weights', 'inputs', 'gradients', 'biases'] as const) {
      const keys = { ...KEYS, [name]: Uint32Array.of(1, 1, 1, 1) };
      const job = { ...JOB, biasStd: 0.1 };
      const [got, want] = [wasm.networks(job)(keys, 0).sums, reference.networks(job)(KEYS, 0).sums];
      expect(hex(got)).not.toBe(hex(want));
    }
  });
});
