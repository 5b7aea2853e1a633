import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LayerJob, type Pair, SIDES } from '../../src/kernel/kernel.ts';
import { Histogram } from '../../src/kernel/reference/histogram.ts';
import { ReferenceKernel } from '../../src/kernel/reference.ts';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { SAMPLER_KINDS, type Sampler, type SamplerKind } from '../../src/random/sampler.ts';
import { writeRecord } from '../../src/stats/record.ts';
import { EVERY_KIND, recordsOf, rowsSampler } from '../support/jobs.ts';
import { rawKernel } from '../support/kernels.ts';

const wasm = new WasmKernel();
const reference = new ReferenceKernel();

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const key = fc.tuple(word, word, word, word).map((words) => Uint32Array.from(words));
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** The one parameter of a kind, over all that a config may ask for. */
const PARAMS: Readonly<Partial<Record<SamplerKind, fc.Arbitrary<number>>>> = {
  bernoulli: between(1e-10, 1 - 1e-10),
  sparse: between(1e-10, 1 - 1e-10),
  lognormal: between(0.01, 4),
  student_t: between(0.5, 200),
  equicorrelated: between(0, 1),
  ar1: between(-0.999, 0.999),
};
const FAN_IN = 300;

const sampler = fc
  .tuple(fc.constantFrom(...SAMPLER_KINDS), between(-4, 4), between(-2, 2))
  .chain(([kind, scale, shift]): fc.Arbitrary<Sampler> => {
    if (kind === 'rows') return fc.integer({ min: 1, max: 40 }).map((rows) => rowsSampler(rows, FAN_IN));
    if (kind === 'table')
      return fc
        .array(between(-9, 9), { minLength: 1, maxLength: 50 })
        .map((values) => ({ kind, params: [], scale, shift, table: Float32Array.from(values) }));
    return (PARAMS[kind] ?? fc.constant(null)).map((param) => ({
      kind,
      params: param === null ? [] : [param],
      scale,
      shift,
    }));
  });

/** Weights come before inputs; whether a weight shape is orthogonal belongs to it, as in a band. */
const job = fc
  .record({
    side: fc.constantFrom(...SIDES),
    panels: fc.integer({ min: 1, max: 2 }),
    weights: fc.array(fc.tuple(sampler, fc.boolean()), { minLength: 1, maxLength: 2 }),
    inputs: fc.array(sampler, { minLength: 1, maxLength: 2 }),
    fanIns: fc.array(fc.uniqueArray(fc.integer({ min: 1, max: FAN_IN }), { minLength: 1, maxLength: 3 }), {
      minLength: 4,
      maxLength: 4,
    }),
  })
  .map(({ side, panels, weights, inputs, fanIns }): LayerJob => {
    const pairs = weights.flatMap(([, orthogonal], w) =>
      inputs.map((_, i): Pair => {
        const own = (fanIns[2 * w + i] as number[]).toSorted((a, b) => a - b);
        return { weights: w, inputs: weights.length + i, orthogonal, fanIns: own };
      }),
    );
    return { side, panels, samplers: [...weights.map(([of]) => of), ...inputs], pairs };
  });

const SEEDED = { seed: 20260101, numRuns: 40 };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the WebAssembly kernel against the reference', () => {
  it('draws the same bits', () => {
    fc.assert(
      fc.property(
        sampler,
        key,
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.constantFrom(0, 1, 2),
        fc.integer({ min: 1, max: 44 }),
        (of, k, panel, run, count) => {
          const [a, b] = [wasm, reference].map((kernel) => kernel.draw(of, k, panel, run, count));
          expect(hex(new Uint8Array((a as Float32Array).buffer))).toBe(hex(new Uint8Array((b as Float32Array).buffer)));
        },
      ),
      { ...SEEDED, numRuns: 200 },
    );
  });

  it('writes the same records', () => {
    fc.assert(
      fc.property(job, fc.array(key, { minLength: 4, maxLength: 4 }), (of, keys) => {
        const own = keys.slice(0, of.samplers.length);
        const want = recordsOf(reference, of, own);
        const got = recordsOf(wasm, of, own);
        expect([...got.keys()].sort()).toEqual([...want.keys()].sort());
        for (const [place, record] of want) expect(hex(got.get(place) as Uint8Array)).toBe(hex(record));
      }),
      SEEDED,
    );
  });

  it('would notice one bit of a key (negative control)', () => {
    for (const of of [EVERY_KIND.normal, EVERY_KIND.rows]) {
      const [a, b] = [wasm, reference].map((kernel, i) => kernel.draw(of, Uint32Array.of(1, 2, 3, 4 + i), 0, 0, 128));
      expect(a).not.toEqual(b);
    }
  });
});

describe('the histogram of the WebAssembly kernel against the reference', () => {
  const raw = rawKernel(32);
  const table = (raw.heapBase() + 63) & ~63;
  const out = table + 64 + 8192 * 16;
  const z = out + 48 + 22 * 8192;
  new Uint8Array(raw.memory.buffer, table, out - table).fill(0);
  raw.clearExtremes(table);

  const singles = fc
    .array(fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1, -1)), {
      minLength: 4,
      maxLength: 200,
    })
    .map((values) => Float32Array.from(values.slice(0, values.length & ~3)));

  const tallied = (values: Float32Array): string => {
    new Float32Array(raw.memory.buffer, z, values.length).set(values);
    raw.tally(table, z, values.length);
    raw.extract(table, out);
    return hex(new Uint8Array(raw.memory.buffer, out, raw.pack(out)));
  };
  const wanted = (values: Float32Array): string => {
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    const tally = histogram.tally();
    return hex(writeRecord(tally));
  };

  it('holds any singles, subnormal and huge ones and −0, and is empty afterwards', () => {
    fc.assert(
      fc.property(singles, (values) => {
        expect(tallied(values)).toBe(wanted(values));
      }),
      { ...SEEDED, numRuns: 300 },
    );
  });

  it('counts −0 as 0', () => {
    expect(tallied(Float32Array.of(-0, 0, -0, -0))).toBe(tallied(new Float32Array(4)));
    expect(wanted(Float32Array.of(-0, 0, -0, -0))).toBe(wanted(new Float32Array(4)));
  });
});
