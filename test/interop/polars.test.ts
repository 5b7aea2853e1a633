import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeData } from 'apache-arrow/data';
import { CompressionType } from 'apache-arrow/fb/compression-type';
import type { RecordBatchFileWriter } from 'apache-arrow/ipc/writer';
import { RecordBatch } from 'apache-arrow/recordbatch';
import { Field, Schema } from 'apache-arrow/schema';
import { Float64, Struct } from 'apache-arrow/type';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { CompressedLengthWriter } from '../../src/tables/compressed-length.ts';
import { SchemaMessageWriter } from '../../src/tables/schema-message.ts';
import {
  ESTIMATE_ROWS,
  expectedLists,
  expectedRow,
  NULLS,
  TALLY_ROW,
  TALLY_ROWS,
  typeNames,
} from '../support/table-facts.ts';
import { folder, LABELS, writeProbe, writeTallies } from '../support/tables.ts';
import { registerZstd } from '../support/zstd.ts';

const TYPES = { f64: 'Float64', u32: 'UInt32', u64: 'UInt64', level: 'Categorical', vocabulary: 'Categorical' };

test('Polars reads the estimates', () => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, ESTIMATE_ROWS);
  const frame = pl.readIPC(readFileSync(path));
  expect(frame.height).toBe(ESTIMATE_ROWS);
  expect(frame.columns).toEqual(ESTIMATE_COLUMNS.map((column) => column.name));
  expect(frame.dtypes.map((type) => type.variant)).toEqual(typeNames(TYPES));
  expect(Object.values(frame.nullCount().toRecords()[0] ?? {})).toEqual(NULLS);
  // A frame of its own for each, as Polars' row() and BigInt don't get on.
  for (const row of [0, 2, 8191, 8192, ESTIMATE_ROWS - 1])
    expect(Object.values(frame.slice(row, 1).toRecords()[0] ?? {})).toEqual(expectedRow(row));
});

test('Polars scans the file, and groups by a label', async () => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, ESTIMATE_ROWS);
  const frame = await pl.scanIPC(path).select('initializer', 'z_mean').collect();
  expect(frame.height).toBe(ESTIMATE_ROWS);
  const labels = frame.getColumn('initializer').cast(pl.Utf8).unique().toArray().sort();
  expect(labels).toEqual([...LABELS.initializer].sort());
});

test('Polars reads the tallies', () => {
  const path = join(folder(), 'tallies.arrow');
  writeTallies(path, TALLY_ROWS);
  const frame = pl.readIPC(readFileSync(path));
  expect(frame.height).toBe(TALLY_ROWS);
  const { bin, bin_count, bin_square } = expectedLists();
  const row = frame.slice(TALLY_ROW, 1).toRecords()[0];
  expect(row).toMatchObject({ bin, bin_count });
  // nodejs-polars 0.24 gives 64-bit items as doubles or bigints as it likes; DuckDB's test compares them exactly.
  expect(Array.from(Object(row?.['bin_square']), Number)).toEqual(bin_square.map(Number));
});

test('Polars reads a compressed file; control: not without the length override', () => {
  registerZstd();
  const schema = new Schema([new Field('value', new Float64(), false)]);
  const compressed = (Writer: typeof RecordBatchFileWriter): Buffer => {
    const writer = new Writer({ compressionType: CompressionType.ZSTD });
    const child = makeData({ type: new Float64(), length: 64, nullCount: 0, data: new Float64Array(64) });
    const data = makeData({ type: new Struct(schema.fields), length: 64, nullCount: 0, children: [child] });
    writer.reset(undefined, schema);
    writer.write(new RecordBatch(schema, data));
    writer.close();
    return Buffer.from(writer.toUint8Array(true));
  };
  expect(pl.readIPC(compressed(CompressedLengthWriter)).getColumn('value').toArray()).toEqual(Array(64).fill(0));
  expect(() => pl.readIPC(compressed(SchemaMessageWriter))).toThrow();
});
