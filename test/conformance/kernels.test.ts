import { describe, expect, it } from 'vitest';
import { COLUMNS, type Kernel, type LayerJob, SIDES } from '../../src/kernel/kernel.ts';
import type { Sampler } from '../../src/random/sampler.ts';
import { BinnedCdf } from '../../src/stats/cdf.ts';
import { readRecord } from '../../src/stats/record.ts';
import {
  drawIndices,
  EVERY_KIND,
  keysOf,
  pair,
  preActivations,
  recordsBy,
  recordsOf,
  rowsSampler,
  sampler,
  tableSampler,
} from '../support/jobs.ts';
import { KERNELS } from '../support/kernels.ts';
import { tallyOf } from '../support/tally.ts';

const KEY = Uint32Array.of(11, 22, 33, 44);

const NORMAL_PAIRS: LayerJob = {
  side: 8,
  panels: 2,
  samplers: [sampler('uniform'), sampler('normal'), sampler('ar1', 0.7), sampler('normal'), rowsSampler(5, 200)],
  pairs: [pair(0, 1, [1, 3, 128, 130]), pair(0, 2, [3, 129]), pair(3, 1, [2, 140], true), pair(0, 4, [5, 200])],
};

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);
const tallyOfRecord = (record: Uint8Array) => readRecord(Uint8Array.from(record).buffer, 0);
const only = (records: Map<string, Uint8Array>): Uint8Array => [...records.values()][0] as Uint8Array;

/** Everything that any implementation of the seam promises. */
describe.each(Object.entries(KERNELS))('%s kernel', (_, make) => {
  const kernel: Kernel = make();

  describe.each(Object.entries(EVERY_KIND))('draws of %s', (kind, of) => {
    it('are the same again, in another instance as well', () => {
      const first = kernel.draw(of, KEY, 2, 1, 128);
      expect(bits(kernel.draw(of, KEY, 2, 1, 128))).toEqual(bits(first));
      expect(bits(make().draw(of, KEY, 2, 1, 128))).toEqual(bits(first));
    });

    it.each([1, 15, 16, 17, 127])('%i of a run are a prefix of all 128', (count) => {
      for (const run of [0, 1]) {
        const all = kernel.draw(of, KEY, 0, run, 128);
        expect(bits(kernel.draw(of, KEY, 0, run, count))).toEqual(bits(all).slice(0, count * COLUMNS));
      }
    });

    it('differ by key, panel and run', () => {
      if (kind === 'constant') return;
      const texts = [
        kernel.draw(of, KEY, 0, 0, 128),
        kernel.draw(of, KEY, 1, 0, 128),
        kernel.draw(of, KEY, 0, 1, 128),
        ...[0, 1, 2, 3].map((word) =>
          kernel.draw(
            of,
            KEY.map((k, i) => (i === word ? k ^ 1 : k)),
            0,
            0,
            128,
          ),
        ),
      ].map((draws) => draws.join());
      expect(new Set(texts).size).toBe(texts.length);
    });
  });

  it('carries an AR(1) process from run to run, and a common factor and a row through all of them', () => {
    const phi = 0.999999;
    const walk = drawIndices(kernel, sampler('ar1', phi), KEY, 0, 300);
    const jumps = Array.from(walk.subarray(COLUMNS), (x, i) => Math.abs(x - (walk[i] as number)));
    // One step has standard deviation √(1 − φ²) = 0.0014; a new start at index 128 or 256 would jump by 1.
    expect(Math.max(...jumps)).toBeLessThan(0.01);
    const shared = drawIndices(kernel, sampler('equicorrelated', 1), KEY, 0, 300);
    for (let i = 0; i < shared.length; i++) expect(shared[i]).toBe(shared[i % COLUMNS]);
    const width = 300;
    const rows = rowsSampler(17, width);
    const row = drawIndices(kernel, rows, KEY, 0, width);
    for (let column = 0; column < COLUMNS; column++) {
      const entries = Array.from({ length: width }, (_, i) => row[i * COLUMNS + column] as number);
      const starts = Array.from({ length: 17 }, (_, r) =>
        (rows.table as Float32Array).slice(r * width, (r + 1) * width),
      );
      expect(starts.filter((start) => start.every((x, i) => x === entries[i]))).toHaveLength(1);
    }
  });

  it('scales and shifts', () => {
    for (const of of Object.values(EVERY_KIND)) {
      if (of.kind === 'rows') continue; // already standardised
      const plain = kernel.draw({ ...of, scale: 1, shift: 0 }, KEY, 0, 0, 20);
      const moved = kernel.draw({ ...of, scale: -2, shift: 0.5 }, KEY, 0, 0, 20);
      plain.forEach((u, i) => {
        expect(moved[i]).toBe(Math.fround(-2 * u + 0.5));
      });
    }
  });

  it('gives a block the same records whatever was simulated before', () => {
    const simulate = kernel.simulator(NORMAL_PAIRS);
    const first = recordsBy(simulate, keysOf(NORMAL_PAIRS, 7));
    const other = recordsBy(simulate, keysOf(NORMAL_PAIRS, 8));
    expect(recordsBy(simulate, keysOf(NORMAL_PAIRS, 7))).toEqual(first);
    expect(recordsOf(make(), NORMAL_PAIRS, keysOf(NORMAL_PAIRS, 7))).toEqual(first);
    for (const [place, record] of first) expect(other.get(place)).not.toEqual(record);
  });

  it('gives a fan-in the same record whatever other fan-ins and pairs are asked for', () => {
    const all = recordsOf(kernel, NORMAL_PAIRS, keysOf(NORMAL_PAIRS));
    NORMAL_PAIRS.pairs.forEach((own, p) => {
      for (const fanIn of own.fanIns) {
        const alone: LayerJob = {
          ...NORMAL_PAIRS,
          samplers: [own.weights, own.inputs].map((s) => NORMAL_PAIRS.samplers[s] as Sampler),
          pairs: [pair(0, 1, [fanIn], own.orthogonal)],
        };
        const keys = [own.weights, own.inputs].map((s) => keysOf(NORMAL_PAIRS)[s] as Uint32Array);
        expect(only(recordsOf(kernel, alone, keys))).toEqual(all.get(`pair ${p}, fan-in ${fanIn}`));
      }
    });
    expect(all.size).toBe(10);
  });

  it('tallies a panel alike whatever panels follow', () => {
    const one = tallyOfRecord(only(recordsOf(kernel, { ...NORMAL_PAIRS, panels: 1 }, keysOf(NORMAL_PAIRS))));
    const two = tallyOfRecord(only(recordsOf(kernel, NORMAL_PAIRS, keysOf(NORMAL_PAIRS))));
    expect([one.count, two.count]).toEqual([512, 1024]);
    const counts = new Map(Array.from(two.bins, (bin, i) => [bin, two.counts[i] as number]));
    one.bins.forEach((bin, i) => {
      expect(counts.get(bin) ?? 0).toBeGreaterThanOrEqual(one.counts[i] as number);
    });
  });

  describe.each(SIDES)('side %i', (side) => {
    it.each([
      ['normal weights, lognormal inputs', sampler('normal'), sampler('lognormal', 1), false],
      ['orthogonal weights, AR(1) inputs', sampler('normal'), sampler('ar1', 0.5), true],
      ['signs', sampler('sign'), sampler('sign'), false],
    ])('tallies what was drawn: %s', (_name, weights, inputs, orthogonal) => {
      const job: LayerJob = {
        side,
        panels: 2,
        samplers: [weights, inputs],
        pairs: [pair(0, 1, [1, 2, 131], orthogonal)],
      };
      const keys = keysOf(job);
      const records = recordsOf(kernel, job, keys);
      for (const fanIn of [1, 2, 131]) {
        const got = tallyOfRecord(records.get(`pair 0, fan-in ${fanIn}`) as Uint8Array);
        const values = preActivations(kernel, job, 0, fanIn, keys);
        const { powers, ...want } = tallyOf(values);
        expect(got).toMatchObject(want);
        powers.forEach((power, k) => {
          // Third and fourth powers leave out the skewness and the excess within a bin.
          const size = values.reduce((sum, z) => sum + Math.abs(z) ** (k + 1), 0);
          expect(Math.abs((got.powers[k] as number) - power)).toBeLessThanOrEqual((k < 2 ? 1e-13 : 1e-5) * size);
        });
      }
    });
  });

  it('counts −0 as 0', () => {
    const job: LayerJob = {
      side: 2,
      panels: 1,
      samplers: [sampler('sign'), tableSampler(0, -0)],
      pairs: [pair(0, 1, [1, 2])],
    };
    for (const record of recordsOf(kernel, job, keysOf(job)).values()) {
      const tally = tallyOfRecord(record);
      expect([...tally.bins]).toEqual([0]);
      expect(Object.is(tally.min, 0) && Object.is(tally.max, 0)).toBe(true);
    }
  });

  it('divides by norms in orthogonal pairs only, where others share their weights', () => {
    const both: LayerJob = {
      side: 2,
      panels: 1,
      samplers: [sampler('normal'), sampler('uniform')],
      pairs: [pair(0, 1, [9], true), pair(0, 1, [9])],
    };
    const records = [...recordsOf(kernel, both, keysOf(both)).values()];
    both.pairs.forEach((own, p) => {
      expect(records[p]).toEqual(only(recordsOf(kernel, { ...both, pairs: [own] }, keysOf(both))));
    });
  });

  it('draws without harm to a simulator or a merged tally', () => {
    const simulate = kernel.simulator(NORMAL_PAIRS);
    const first = recordsBy(simulate, keysOf(NORMAL_PAIRS));
    kernel.draw(EVERY_KIND.rows, KEY, 0, 0, 128);
    expect(recordsBy(simulate, keysOf(NORMAL_PAIRS))).toEqual(first);
    const functional = { code: 1, param: 0, factor: 1, offset: 0 };
    const merged = kernel.merge([only(first), only(first)]);
    const answer = merged.derive([functional]);
    kernel.draw(EVERY_KIND.rows, KEY, 0, 0, 128);
    expect(merged.derive([functional])).toEqual(answer);
  });

  it('gives 0, not 0·∞, for an orthogonal row of norm 0', () => {
    // A normal is exactly 0 once in 2²⁵ draws; here all are.
    const zero = { ...sampler('normal'), scale: 0 };
    const job: LayerJob = { side: 1, panels: 1, samplers: [zero, sampler('sign')], pairs: [pair(0, 1, [1], true)] };
    const tally = tallyOfRecord(only(recordsOf(kernel, job, keysOf(job))));
    expect([tally.count, [...tally.bins]]).toEqual([64, [0]]);
  });

  describe('merge', () => {
    const job: LayerJob = {
      side: 4,
      panels: 4,
      samplers: [sampler('uniform'), sampler('student_t', 3)],
      pairs: [pair(0, 1, [20])],
    };
    const simulate = kernel.simulator(job);
    const records = Array.from({ length: 70 }, (__, block) => only(recordsBy(simulate, keysOf(job, block))));
    const functionals = [0, 1, 2, 3, 6].map((code) => ({ code, param: 0, factor: 1.5, offset: 0 }));

    it('adds blocks in any order', () => {
      const forth = kernel.merge(records);
      const answers = forth.derive(functionals);
      const back = kernel.merge([...records].reverse());
      const again = back.derive(functionals);
      expect([back.bins, back.counts, back.sums, back.points]).toEqual([
        forth.bins,
        forth.counts,
        forth.sums,
        forth.points,
      ]);
      answers.forEach((answer, i) => {
        // Values have the same bits; errors add block values in the order given.
        if (i % 8 < 4) expect(again[i]).toBe(answer);
        else expect(again[i]).toBeCloseTo(answer, 12);
      });
    });

    it('keeps blocks apart where they are counted', () => {
      const merged = kernel.merge(records);
      expect([...merged.blockCounts]).toEqual(records.map(() => 1024));
      const cdfs = records.map((record) => BinnedCdf.ofTallies([tallyOfRecord(record)]));
      for (const x of [-1e9, -3.7, -1, -1e-3, 0, 1e-30, 0.77, 2, 1e9]) {
        const [below, atOrBelow] = [merged.below(x).slice(), merged.atOrBelow(x).slice()];
        cdfs.forEach((cdf, b) => {
          // The wasm kernel keeps the slant of a bin's density in single precision.
          expect(below[b]).toBeCloseTo(cdf.below(x) * cdf.count, 5);
          expect(atOrBelow[b]).toBeCloseTo(cdf.atOrBelow(x) * cdf.count, 5);
        });
      }
    });

    it('answers the same after other questions', () => {
      const merged = kernel.merge(records);
      const first = merged.derive(functionals);
      kernel.expectations(Float64Array.of(1, 2), Float64Array.of(0.5, 0.5), functionals);
      merged.below(0.3);
      expect(merged.derive(functionals.slice(1))).toEqual(first.slice(8));
      expect(merged.derive(functionals)).toEqual(first);
    });
  });

  it('has expectations over weighted points, an odd number too', () => {
    const identity = { code: 0, param: 0, factor: 2, offset: 1 };
    const [points, weights] = [Float64Array.of(-1, 0, 3), Float64Array.of(0.25, 0.5, 0.25)];
    const got = kernel.expectations(points, weights, [identity, { ...identity, code: 3 }]);
    // u = 0, 2, 8
    expect([...got.subarray(0, 4)]).toEqual([3, 9, 1, 1]);
    expect([...got.subarray(8, 12)]).toEqual([3, 9, 0.75, 0.75]);
  });

  it('has with them ⅜ of the squared skewness of g, (g − E g)², g′ and g′²', () => {
    const [identity, relu] = [0, 3].map((code) => ({ code, param: 0, factor: 1e-100, offset: 0 })) as [never, never];
    const [points, weights] = [Float64Array.of(-1, 0, 3), Float64Array.of(0.25, 0.5, 0.25)];
    const got = kernel.expectations(points, weights, [identity, relu]);
    // Of an event of probability p the squared skewness is (1 − 2p)²/(p(1 − p)), 4/3 for the quarter that is above 0.
    for (const i of [4, 5, 6, 7]) expect(got[8 + i]).toBeCloseTo(0.5, 12);
    // g = −1, 0, 3: mean 1/2, variance 9/4, third moment 3.
    expect(got[4]).toBeCloseTo((0.375 * 9) / (9 / 4) ** 3, 12);
    // g′ = 1 varies by nothing.
    expect([got[6], got[7]]).toEqual([Number.NaN, Number.NaN]);
  });
});
