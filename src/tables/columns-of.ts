import { readFile } from 'node:fs/promises';
import {
  type ColumnChoice,
  chooseColumns,
  DataError,
  type NumericTable,
  NumericTableBuilder,
} from '../config/data/numeric-table.ts';
import { DataType, type Table, tableFromIPC } from './arrow.ts';
import { boundArrow } from './metadata-bounds.ts';

/**
 * Reads numeric columns of an Arrow IPC file or stream, as an `empirical` input's values. Rows are counted from 1.
 * @throws DataError for a missing or non-numeric column, a null or a non-finite value
 */
export async function readArrowColumns(path: string, choice: ColumnChoice): Promise<NumericTable> {
  const table = decode(await readFile(path));
  const names = table.schema.fields.map((field) => field.name);
  const chosen = chooseColumns(names, choice);
  const vectors = chosen.map((i) => {
    const field = table.schema.fields[i];
    const vector = table.getChildAt(i);
    const type = DataType.isDictionary(field?.type) ? field.type.dictionary : field?.type;
    if (vector === null || !(DataType.isInt(type) || DataType.isFloat(type)))
      throw new DataError({
        where: `column ${JSON.stringify(names[i])}`,
        received: `the type ${String(field?.type)}`,
        allowed: 'integers or floating-point numbers',
      });
    return vector;
  });
  const builder = new NumericTableBuilder(chosen.map((i) => names[i] ?? ''));
  for (let row = 0; row < table.numRows; row++)
    for (const vector of vectors) builder.push(vector.get(row) as unknown, row + 1);
  return builder.finish();
}

function decode(bytes: Uint8Array): Table {
  try {
    boundArrow(bytes);
    const table = tableFromIPC(bytes);
    if (table.schema.fields.length > 0) return table;
  } catch (error) {
    // What damaged bytes make the library trip over says nothing to a reader.
    const reason = error instanceof TypeError || !(error instanceof Error) ? 'damaged bytes' : error.message;
    if (/\bcompressed\b/.test(reason))
      throw new DataError({
        received: 'a compressed Arrow file',
        allowed: 'one that is not compressed',
        remedy: "write it again with compression='uncompressed'",
      });
    throw new DataError({ remedy: `not a readable Arrow IPC file: ${reason.replace(/\s+/g, ' ').slice(0, 200)}` });
  }
  throw new DataError({ received: 'no columns', allowed: 'an Arrow IPC file (Feather v2)' });
}
