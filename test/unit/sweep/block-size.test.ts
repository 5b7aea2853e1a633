import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMNS, SIDES } from '../../../src/kernel/kernel.ts';
import { blockSize } from '../../../src/sweep/plan.ts';

const request = fc.tuple(fc.integer({ min: 1, max: 2 ** 26 }), fc.integer({ min: 2, max: 4096 }));
const options = { seed: 20_251, numRuns: 2000 };

describe('the size of a block', () => {
  it('is whole panels of every side that it allows, and no less than what is asked for', () => {
    fc.assert(
      fc.property(request, ([samples, blocks]) => {
        const { blockSamples, largestSide } = blockSize(samples, blocks);
        expect(blockSamples * blocks).toBeGreaterThanOrEqual(samples);
        expect(SIDES).toContain(largestSide);
        for (const side of SIDES.filter((t) => t <= largestSide)) expect(blockSamples % (COLUMNS * side)).toBe(0);
      }),
      options,
    );
  });

  it('leaves four replicates and two panels a block of its largest side, and not of the next', () => {
    fc.assert(
      fc.property(request, ([samples, blocks]) => {
        const { blockSamples, largestSide } = blockSize(samples, blocks);
        if (largestSide > 1) expect(blockSamples).toBeGreaterThanOrEqual(4 * largestSide ** 2);
        const next = 2 * largestSide;
        if (next <= 64) expect(blockSamples).toBeLessThan(Math.max(4 * next ** 2, 2 * COLUMNS * next));
      }),
      options,
    );
  });

  it('never shrinks as more is asked for, and is stable: asking for what came out changes nothing', () => {
    fc.assert(
      fc.property(request, fc.integer({ min: 0, max: 2 ** 20 }), ([samples, blocks], more) => {
        const { blockSamples } = blockSize(samples, blocks);
        expect(blockSize(samples + more, blocks).blockSamples).toBeGreaterThanOrEqual(blockSamples);
        expect(blockSize(blockSamples * blocks, blocks).blockSamples).toBe(blockSamples);
      }),
      options,
    );
  });

  it('adds half at most where there is a panel to fill', () => {
    fc.assert(
      fc.property(request, ([samples, blocks]) => {
        const asked = Math.ceil(samples / blocks);
        fc.pre(asked >= COLUMNS);
        expect(blockSize(samples, blocks).blockSamples).toBeLessThan(Math.max(1.5 * asked, asked + COLUMNS));
      }),
      options,
    );
  });

  it('is 4096 for 262,144 in 64 blocks, side 32', () => {
    expect(blockSize(262_144, 64)).toEqual({ blockSamples: 4096, largestSide: 32 });
    expect(blockSize(1_048_576, 64)).toEqual({ blockSamples: 16_384, largestSide: 64 });
  });
});
