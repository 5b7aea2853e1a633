import type { Tally } from '../../src/stats/tally.ts';

const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/** Tallies values the plain way, by the definition in `src/stats/tally.ts`; powers are summed directly. */
export function tallyOf(values: Iterable<number>): Tally {
  const cells = new Map<number, { count: number; sum: number; square: number }>();
  const powers = new Float64Array(4);
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    single[0] = value + 0;
    const z = (single[0] as number) + 0;
    if (z === 0) single[0] = 0;
    const bits = word[0] as number;
    const a = bits & 0x7fffffff;
    const key = a >>> 19;
    const bin = bits >>> 31 === 0 ? key : -1 - key;
    const r = (a & 0x7ffff) - 0x40000;
    const cell = cells.get(bin);
    if (cell === undefined) cells.set(bin, { count: 1, sum: r, square: r * r });
    else {
      cell.count++;
      cell.sum += r;
      cell.square += r * r;
    }
    let power = 1;
    for (let k = 0; k < 4; k++) {
      power *= z;
      powers[k] = (powers[k] as number) + power;
    }
    count++;
    if (z < min) min = z;
    if (z > max) max = z;
  }
  const sorted = [...cells].sort(([a], [b]) => a - b);
  return {
    count,
    bins: Int16Array.from(sorted, ([bin]) => bin),
    counts: Uint32Array.from(sorted, ([, cell]) => cell.count),
    sums: BigInt64Array.from(sorted, ([, cell]) => BigInt(cell.sum)),
    squares: BigUint64Array.from(sorted, ([, cell]) => BigInt(cell.square)),
    min,
    max,
    powers,
  };
}

/** Tallies of `blocks` blocks of `size` draws each, in order. */
export function tallyBlocks(blocks: number, size: number, draw: () => number): Tally[] {
  return Array.from({ length: blocks }, () => tallyOf(Array.from({ length: size }, draw)));
}
