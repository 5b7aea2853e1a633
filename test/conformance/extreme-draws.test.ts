import { describe, expect, it } from 'vitest';
import type { SamplerKind } from '../../src/random/sampler.ts';
import { placeOf } from '../support/chosen-word.ts';
import { sampler } from '../support/jobs.ts';
import { KERNELS } from '../support/kernels.ts';

const [LEAST, MOST, HIGHEST, LOWEST] = [0, 0xffffffff, 0x7fffffff, 0x80000000];

describe.each(Object.entries(KERNELS))('the rarest draws of the %s kernel', (_, make) => {
  const kernel = make();

  /** The draw of a word, and the one that shares its radius where there is one. */
  const draws = (kind: SamplerKind, word: number): [number, number] => {
    const { key, panel, run, column } = placeOf(word);
    const values = kernel.draw(sampler(kind), key, panel, run, 1);
    return [values[column] as number, values[column + 8] as number];
  };

  it.each([LEAST, 1, HIGHEST, LOWEST, MOST])('come from words that are chosen: %i', (word) => {
    expect(draws('uniform', word)[0]).toBe(Math.fround((word | 0) * 2 ** -31));
  });

  it('of normals have a radius from all 32 bits: √(2·33·ln 2) = 6.76; 24 bits end at 5.89, 31 at 6.66', () => {
    expect(Math.hypot(...draws('normal', LEAST))).toBeCloseTo(Math.sqrt(66 * Math.LN2), 5);
    expect(Math.hypot(...draws('normal', MOST))).toBeCloseTo(0, 4);
  });

  it('of truncated normals are 2 and −2, and not beyond', () => {
    for (const [word, edge] of [
      [HIGHEST, 2],
      [LOWEST, -2],
    ] as const) {
      const [u] = draws('truncated_normal', word);
      expect(Math.abs(u)).toBeLessThanOrEqual(2);
      expect(u).toBeCloseTo(edge, 6);
    }
  });
});
