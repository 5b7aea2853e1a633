import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { LABELS, probeTally, probeValue } from './tables.ts';

/** What a reader should find in the probe tables; ROWS spans two batches of each. */
export const ESTIMATE_ROWS = 8192 + 900;
export const TALLY_ROWS = 300;
/** A row of the tallies with bins and with numbers at the ends of their types. */
export const TALLY_ROW = 261;

/** Nulls of each column, in order. */
export const NULLS: readonly number[] = ESTIMATE_COLUMNS.map((_, c) => {
  let nulls = 0;
  for (let row = 0; row < ESTIMATE_ROWS; row++) if (Number.isNaN(probeValue(c, row))) nulls++;
  return nulls;
});

/** One row as readers show it: whole numbers of 64 bits as bigint, labels as text, null as null. */
export function expectedRow(row: number): (number | bigint | string | null)[] {
  return ESTIMATE_COLUMNS.map(({ type, values, name }, c) => {
    const value = probeValue(c, row);
    if (Number.isNaN(value)) return null;
    if (type === 'u64') return BigInt(value);
    if (type !== 'dictionary') return value;
    return (values ?? LABELS[name as keyof typeof LABELS])[value] ?? null;
  });
}

/** The four lists of {@link TALLY_ROW}, 64-bit ones as bigint. */
export function expectedLists(): { bin: number[]; bin_count: number[]; bin_sum: bigint[]; bin_square: bigint[] } {
  const { bins, counts, sums, squares } = probeTally(TALLY_ROW);
  return { bin: [...bins], bin_count: [...counts], bin_sum: [...sums], bin_square: [...squares] };
}

/** Type names of the estimates in a reader's own words. */
export function typeNames(words: Record<'f64' | 'u32' | 'u64' | 'level' | 'vocabulary', string>): string[] {
  return ESTIMATE_COLUMNS.map(({ type, values }) =>
    type === 'dictionary' ? words[values == null ? 'level' : 'vocabulary'] : words[type],
  );
}
