import { Field, Schema } from '../../src/tables/arrow.ts';
import { type ColumnCodec, columnBuffer } from '../../src/tables/column-buffer.ts';
import { dictionaryCodec, float64Codec, uint32Codec, uint64Codec } from '../../src/tables/column-codec.ts';
import { labelDictionary } from '../../src/tables/label-dictionary.ts';
import { TableWriter } from '../../src/tables/table-writer.ts';

/** A column of any table of ours: statistics, which may be null, whole numbers, or labels. */
export type FlatColumn =
  | { readonly type: 'f64'; readonly values: readonly (number | null)[] }
  | { readonly type: 'u32' | 'u64'; readonly values: readonly number[] }
  | { readonly type: 'labels'; readonly values: readonly string[] };

function codecOf(name: string, column: FlatColumn, id: number, rows: number): ColumnCodec {
  switch (column.type) {
    case 'f64':
      return float64Codec(name, true, rows);
    case 'u32':
      return uint32Codec(name, false, rows);
    case 'u64':
      return uint64Codec(name, false, rows);
    case 'labels':
      return dictionaryCodec(name, false, rows, labelDictionary(name, [...new Set(column.values)], id, false));
  }
}

/** Writes a table with these columns, in one batch, as our writers write theirs. */
export function writeFlatTable(path: string, columns: Readonly<Record<string, FlatColumn>>): void {
  const entries = Object.entries(columns);
  const rows = entries[0]?.[1].values.length ?? 0;
  const codecs = entries.map(([name, column], id) => codecOf(name, column, id, rows));
  const writer = new TableWriter(
    path,
    new Schema(codecs.map(({ name, type, nullable }) => new Field(name, type, nullable))),
  );
  const data = entries.map(([, column], c) => {
    const words: readonly (string | number | null)[] = column.type === 'labels' ? [...new Set(column.values)] : [];
    const numbers = Float64Array.from(column.values as readonly (string | number | null)[], (value) =>
      value === null ? Number.NaN : column.type === 'labels' ? words.indexOf(value) : Number(value),
    );
    const buffer = columnBuffer(codecs[c] as ColumnCodec, rows);
    buffer.fill(numbers, 0, rows, 0, 0);
    return buffer.data(rows);
  });
  writer.writeBatch(data, rows);
  writer.seal();
  writer.place();
}
