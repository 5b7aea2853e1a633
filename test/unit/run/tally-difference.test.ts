import { describe, expect, it } from 'vitest';
import { tallyDifference } from '../../../src/run/tally-difference.ts';
import { readRecord, writeRecord } from '../../../src/stats/record.ts';
import type { Tally } from '../../../src/stats/tally.ts';

const TALLY: Tally = {
  count: 6,
  min: -1.5,
  max: 2,
  powers: Float64Array.of(0.5, 2, -0.25, 8),
  bins: Int16Array.of(-7, 3, 9),
  counts: Uint32Array.of(1, 2, 3),
  sums: BigInt64Array.of(-5n, 0n, 7n),
  squares: BigUint64Array.of(25n, 0n, 49n),
};

/** A copy whose arrays are its own. */
const copy = (): Tally => readRecord(writeRecord(TALLY).buffer, 0);

describe('the difference of two tallies', () => {
  it('is none between copies', () => {
    expect(tallyDifference(TALLY, copy())).toBeNull();
  });

  it.each<[string, Partial<Tally>]>([
    ['count', { count: 7 }],
    ['count', { count: 6 + 2 ** 32 }],
    ['sum1', { powers: Float64Array.of(0.5 + 2 ** -53, 2, -0.25, 8) }],
    ['sum2', { powers: Float64Array.of(0.5, Number.NaN, -0.25, 8) }],
    ['sum3', { powers: Float64Array.of(0.5, 2, 0.25, 8) }],
    ['sum4', { powers: Float64Array.of(0.5, 2, -0.25, 9) }],
    ['min', { min: -1.25 }],
    ['max', { max: Number.POSITIVE_INFINITY }],
  ])('may be in %s', (column, change) => {
    expect(tallyDifference(TALLY, { ...copy(), ...change })).toEqual({ columns: [column], bins: [] });
  });

  it('tells −0 from 0', () => {
    const [zero, negative] = [0, -0].map((min) => ({ ...copy(), min })) as [Tally, Tally];
    expect(tallyDifference(zero, negative)?.columns).toEqual(['min']);
  });

  it.each<[string, Partial<Tally>, readonly [number, bigint, bigint]]>([
    ['bin_count', { counts: Uint32Array.of(1, 4, 3) }, [4, 0n, 0n]],
    ['bin_sum', { sums: BigInt64Array.of(-5n, 1n, 7n) }, [2, 1n, 0n]],
    ['bin_square', { squares: BigUint64Array.of(25n, 2n ** 63n, 49n) }, [2, 0n, 2n ** 63n]],
  ])('may be in the %s of a bin', (column, change, stored) => {
    expect(tallyDifference(TALLY, { ...copy(), ...change })).toEqual({
      columns: [column],
      bins: [{ bin: 3, replayed: [2, 0n, 0n], stored }],
    });
  });

  it('names the bins that one of them lacks', () => {
    const moved = tallyDifference(TALLY, { ...copy(), bins: Int16Array.of(-7, 4, 9) });
    expect(moved).toEqual({
      columns: ['bin'],
      bins: [
        { bin: 3, replayed: [2, 0n, 0n], stored: null },
        { bin: 4, replayed: null, stored: [2, 0n, 0n] },
      ],
    });
    const short: Tally = {
      ...copy(),
      bins: TALLY.bins.subarray(1),
      counts: TALLY.counts.subarray(1),
      sums: TALLY.sums.subarray(1),
      squares: TALLY.squares.subarray(1),
    };
    expect(tallyDifference(TALLY, short)).toEqual({
      columns: ['bin', 'bin_count', 'bin_sum', 'bin_square'],
      bins: [{ bin: -7, replayed: [1, -5n, 25n], stored: null }],
    });
  });

  it('sees bins in another order', () => {
    const reverse = <T extends { toReversed(): T }>(values: T): T => values.toReversed();
    const { bins, counts, sums, squares } = copy();
    const reversed = { bins: reverse(bins), counts: reverse(counts), sums: reverse(sums), squares: reverse(squares) };
    expect(tallyDifference(TALLY, { ...copy(), ...reversed })).toMatchObject({
      columns: expect.arrayContaining(['bin']),
      bins: [],
    });
  });
});
