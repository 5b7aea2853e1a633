import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PrecisionSpec, SweepSpec } from '../../../src/model/spec.ts';
import { boundaries } from '../../../src/sweep/boundaries.ts';
import { blockSize } from '../../../src/sweep/plan.ts';
import { smallSweep } from '../../support/small-sweep.ts';

const { spec } = await smallSweep({ samples: 65_536 });
const upTo = (maxSamples: number, more: Partial<SweepSpec> = {}): SweepSpec => ({
  ...spec,
  ...more,
  precision: { maxSamples } as PrecisionSpec,
});

it('a sweep without a precision has one boundary', () => {
  expect(boundaries({ ...spec, blocks: 77 })).toEqual([77]);
});

it('boundaries double; the last one is what maxSamples holds', () => {
  // 1024 samples a block.
  expect(boundaries(upTo(8 * 65_536))).toEqual([64, 128, 256, 512]);
  expect(boundaries(upTo(8 * 65_536 - 1))).toEqual([64, 128, 256, 511]);
  expect(boundaries(upTo(8 * 65_536 + 1024))).toEqual([64, 128, 256, 512, 513]);
  expect(boundaries(upTo(2 * 65_536))).toEqual([64, 128]);
  expect(boundaries(upTo(65_536))).toEqual([64]);
});

it('boundaries ascend, at most double, and stay within maxSamples by less than a block', () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 2 ** 22 }),
    fc.integer({ min: 64, max: 2048 }),
    fc.double({ min: 2, max: 64, noNaN: true }),
  );
  fc.assert(
    fc.property(sizes, ([samples, blocks, factor]) => {
      const { blockSamples } = blockSize(samples, blocks);
      const maxSamples = Math.floor(factor * blocks * blockSamples);
      const found = boundaries(upTo(maxSamples, { samples, blocks }));
      expect(found[0]).toBe(blocks);
      found.slice(1).forEach((next, i) => {
        expect(next).toBeGreaterThan(found[i] as number);
        expect(next).toBeLessThanOrEqual(2 * (found[i] as number));
      });
      const left = maxSamples - (found.at(-1) as number) * blockSamples;
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThan(blockSamples);
    }),
    { seed: 7, numRuns: 500 },
  );
});
