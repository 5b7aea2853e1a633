import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { extname, resolve } from 'node:path';
import { describeValue } from '../../errors.ts';
import type { DatasetFacts } from '../../model/spec.ts';
import { readCsvColumns } from './csv.ts';
import { centralMoments, rowMoments, valueMoments } from './dataset-moments.ts';
import { type ColumnChoice, type ColumnReader, DataError, type NumericTable } from './numeric-table.ts';
import { readParquetColumns } from './parquet.ts';
import { standardizeValues } from './standardize.ts';

/** What an `empirical` input asks for. */
export interface DatasetRequest {
  /** As written in the config. */
  readonly file: string;
  readonly column: string | number | null;
  readonly draw: 'values' | 'rows';
  readonly standardize: boolean;
}

export interface Dataset {
  readonly facts: DatasetFacts;
  /** The values to draw from, in single precision. */
  readonly values: Float32Array;
}

/** Where files are looked for, and the reader that `tables/` lends (config may not import it). */
export interface DataAccess {
  readonly directory: string;
  readonly readArrow: ColumnReader | null;
}

const ARROW = ['.arrow', '.feather', '.ipc'];
const FORMATS = ['.csv', '.tsv', '.parquet', ...ARROW].join(', ');

/** Reads and describes one data file. @throws {@link DataError}, with the file's name in front, whatever is wrong */
export async function loadDataset(
  request: DatasetRequest,
  fanIns: readonly number[],
  access: DataAccess,
): Promise<Dataset> {
  try {
    const { file, column, draw } = request;
    const choice: ColumnChoice = draw === 'rows' ? { kind: 'all' } : { kind: 'one', column };
    return describe(request, await readTable(file, choice, access), fanIns);
  } catch (error) {
    const parts = error instanceof DataError ? error.parts : { remedy: readFailure(error) };
    throw new DataError({ ...parts, where: [request.file, parts.where].filter(Boolean).join(' ') });
  }
}

/** The columns of a data file, whichever format its name says. @throws {@link DataError} without the file's name, or what the reader throws */
export async function readTable(file: string, choice: ColumnChoice, access: DataAccess): Promise<NumericTable> {
  const path = resolve(access.directory, file);
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new DataError({
      received: 'no such file',
      remedy: `looked for ${path}; paths start from the config's directory`,
    });
  });
  if (!info.isFile()) throw new DataError({ received: 'not a regular file', allowed: `a file ending in ${FORMATS}` });
  return reader(extname(file).toLowerCase(), access)(path, choice);
}

function reader(extension: string, { readArrow }: DataAccess): ColumnReader {
  if (extension === '.csv' || extension === '.tsv') return readCsvColumns;
  if (extension === '.parquet') return readParquetColumns;
  if (!ARROW.includes(extension)) throw new DataError({ received: describeValue(extension), allowed: FORMATS });
  if (readArrow === null) throw new DataError({ remedy: 'Arrow files need a reader here; pass readArrow' });
  return readArrow;
}

function describe(request: DatasetRequest, table: NumericTable, fanIns: readonly number[]): Dataset {
  const { file, draw, standardize } = request;
  const columns = table.names.length;
  const longest = fanIns.reduce((a, b) => Math.max(a, b), 0);
  if (draw === 'rows' && longest > columns)
    throw new DataError({
      received: `rows of ${columns} values`,
      allowed: `fan-in at most ${columns} with draw: rows (the sweep goes to ${longest})`,
      remedy: 'shorten fanIn, or use draw: values',
    });
  const standardized = standardize ? standardizeValues(table.values) : null;
  if (standardize && standardized === null)
    throw new DataError({
      received: `${table.values.length} equal values`,
      allowed: 'at least two different values, to standardise them',
      remedy: 'use standardize: false',
    });
  const values = standardized?.values ?? table.values;
  const drawn = Float32Array.from(values);
  return {
    facts: {
      file,
      column: draw === 'rows' ? null : (table.names[0] ?? null),
      draw,
      digest: digest(values),
      rows: table.rows,
      columns,
      location: standardized?.location ?? null,
      spread: standardized?.spread ?? null,
      ...momentFacts(draw, drawn, { columns, fanIns, standardized: standardized !== null }),
    },
    values: drawn,
  };
}

/** Moments of the values as they are drawn: in single precision, but for the mean and variance of standardised ones, 0 and 1 by construction. */
function momentFacts(
  draw: DatasetRequest['draw'],
  drawn: Float32Array,
  { columns, fanIns, standardized }: { columns: number; fanIns: readonly number[]; standardized: boolean },
): Pick<DatasetFacts, 'moments' | 'central' | 'rowMoments'> {
  if (draw === 'rows') return { moments: null, central: null, rowMoments: rowMoments(drawn, columns, fanIns) };
  const values = Float64Array.from(drawn);
  const moments = valueMoments(values, standardized);
  return { moments, central: standardized ? moments : centralMoments(values), rowMoments: null };
}

/**
 * SHA-256 of values as little-endian doubles, after standardising: one column drawn raw and standardised makes two
 * tables, and each needs a name of its own.
 */
function digest(values: Float64Array): string {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256')
    .update(endianness() === 'LE' ? bytes : Buffer.from(bytes).swap64())
    .digest('hex');
}

/** What is wrong where a reader failed in its own words. */
export function readFailure(error: unknown): string {
  return `cannot be read: ${(error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 200)}`;
}
