import {
  type ColumnChoice,
  chooseColumns,
  DataError,
  type NumericTable,
  NumericTableBuilder,
} from './numeric-table.ts';

/** Reads columns of a Parquet file (plain or Snappy). Rows are counted from 1. */
export async function readParquetColumns(path: string, choice: ColumnChoice): Promise<NumericTable> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const file = await asyncBufferFromFile(path);
  let rows: Record<string, unknown>[];
  let wanted: readonly string[];
  try {
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map((child) => child.element.name);
    wanted = chooseColumns(names, choice).map((i) => names[i] ?? '');
    rows = await parquetReadObjects({ file, metadata, columns: [...wanted] });
  } catch (error) {
    if (error instanceof DataError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const codec = /unsupported compression codec: (\w+)/.exec(reason)?.[1];
    if (codec !== undefined)
      throw new DataError({
        received: `a Parquet file compressed with ${codec}`,
        allowed: 'one that is not compressed, or with Snappy',
        remedy: "write it again with compression='snappy'",
      });
    throw new DataError({ remedy: `not a readable Parquet file: ${reason.replace(/\s+/g, ' ').slice(0, 200)}` });
  }
  const table = new NumericTableBuilder(wanted);
  for (const [i, row] of rows.entries()) for (const name of wanted) table.push(row[name], i + 1);
  return table.finish();
}
