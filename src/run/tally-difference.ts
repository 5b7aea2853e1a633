import type { Tally } from '../stats/tally.ts';

/** What a tally holds of one bin: the count, Σr and Σr². */
export type BinSums = readonly [count: number, sum: bigint, square: bigint];

/** A bin that two tallies do not have alike; null where one has none. */
export interface BinDifference {
  readonly bin: number;
  readonly replayed: BinSums | null;
  readonly stored: BinSums | null;
}

/** Where two tallies differ. */
export interface TallyDifference {
  /** By the names of the columns of `tallies.arrow`, in their order; never empty. */
  readonly columns: readonly string[];
  /** Ascending. */
  readonly bins: readonly BinDifference[];
}

type Values = ArrayLike<number> | ArrayLike<bigint>;

/** Compares two tallies bit for bit; null when they are equal. */
export function tallyDifference(replayed: Tally, stored: Tally): TallyDifference | null {
  const [ours, theirs] = [columnsOf(replayed), columnsOf(stored)];
  const columns = [...ours].flatMap(([name, values]) => (equal(values, theirs.get(name) ?? []) ? [] : [name]));
  return columns.length === 0 ? null : { columns, bins: binDifferences(binsOf(replayed), binsOf(stored)) };
}

function columnsOf({ count, powers, min, max, bins, counts, sums, squares }: Tally): ReadonlyMap<string, Values> {
  return new Map<string, Values>([
    ['count', [count]],
    ...[1, 2, 3, 4].map((k): [string, Values] => [`sum${k}`, [powers[k - 1] as number]]),
    ['min', [min]],
    ['max', [max]],
    ['bin', bins],
    ['bin_count', counts],
    ['bin_sum', sums],
    ['bin_square', squares],
  ]);
}

/** −0 is not 0 here. */
function equal(a: Values, b: Values): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function binsOf({ bins, counts, sums, squares }: Tally): ReadonlyMap<number, BinSums> {
  return new Map(
    Array.from(bins, (bin, i) => [bin, [counts[i], sums[i], squares[i]] as [number, bigint, bigint]] as const),
  );
}

function binDifferences(ours: ReadonlyMap<number, BinSums>, theirs: ReadonlyMap<number, BinSums>): BinDifference[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .sort((a, b) => a - b)
    .map((bin) => ({ bin, replayed: ours.get(bin) ?? null, stored: theirs.get(bin) ?? null }))
    .filter(({ replayed, stored }) => replayed === null || stored === null || replayed.some((x, i) => x !== stored[i]));
}
