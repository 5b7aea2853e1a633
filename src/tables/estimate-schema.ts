import type { EstimateColumn } from '../stats/estimate-column.ts';
import { Field, Schema } from './arrow.ts';
import type { ColumnCodec } from './column-buffer.ts';
import { dictionaryCodec, float64Codec, uint32Codec, uint64Codec } from './column-codec.ts';
import { labelDictionary } from './label-dictionary.ts';
import { columnMetadata, metadataMap, type TableMetadata } from './metadata.ts';

/** The labels of the sweep's levels, in the order of their indices, by the column that holds them. */
export type EstimateLabels = Readonly<Record<string, readonly string[]>>;

/** One codec a column, for batches of `rows`. A dictionary's id is its column's position. */
export function estimateCodecs(
  columns: readonly EstimateColumn[],
  labels: EstimateLabels,
  rows: number,
): ColumnCodec[] {
  return columns.map((column, id) => estimateCodec(column, id, labels, rows));
}

function estimateCodec(column: EstimateColumn, id: number, labels: EstimateLabels, rows: number): ColumnCodec {
  const { name, nullable, type } = column;
  switch (type) {
    case 'f64':
      return float64Codec(name, nullable, rows);
    case 'u32':
      return uint32Codec(name, nullable, rows);
    case 'u64':
      return uint64Codec(name, nullable, rows);
    case 'dictionary': {
      const words = column.values ?? levelLabels(column, labels);
      return dictionaryCodec(name, nullable, rows, labelDictionary(name, words, id, column.values != null));
    }
  }
}

export function estimateSchema(
  columns: readonly EstimateColumn[],
  codecs: readonly ColumnCodec[],
  metadata: TableMetadata,
): Schema {
  const fields = columns.map((column, i) => {
    const codec = codecs[i] as ColumnCodec;
    return new Field(column.name, codec.type, column.nullable, columnMetadata(column));
  });
  return new Schema(fields, metadataMap(metadata));
}

function levelLabels(column: EstimateColumn, labels: EstimateLabels): readonly string[] {
  const own = labels[column.name];
  if (own === undefined) throw new Error(`no labels for column ${column.name}`);
  return own;
}
