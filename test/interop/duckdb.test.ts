import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import * as parquet from 'parquet-wasm/esm/parquet_wasm.js';
import { beforeAll, expect, test } from 'vitest';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import {
  ESTIMATE_ROWS,
  expectedLists,
  expectedRow,
  NULLS,
  TALLY_ROW,
  TALLY_ROWS,
  typeNames,
} from '../support/table-facts.ts';
import { folder, HUGE_COUNT, writeProbe, writeTallies } from '../support/tables.ts';

const TYPES = { f64: 'DOUBLE', u32: 'UINTEGER', u64: 'UBIGINT', level: 'VARCHAR', vocabulary: 'VARCHAR' };

beforeAll(() => {
  const wasm = createRequire(import.meta.url).resolve('parquet-wasm/esm/parquet_wasm_bg.wasm');
  parquet.initSync({ module: readFileSync(wasm) });
});

/** Parquet from the stream inside the file; the path quoted for SQL. */
function asParquet(arrow: string): string {
  const path = arrow.replace(/arrow$/, 'parquet');
  writeFileSync(path, parquet.writeParquet(parquet.Table.fromIPCStream(readFileSync(arrow).subarray(8))));
  return `'${path}'`;
}

async function rows(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

test('DuckDB reads the estimates by way of Parquet', async () => {
  const arrow = join(folder(), 'estimates.arrow');
  writeProbe(arrow, ESTIMATE_ROWS);
  const table = asParquet(arrow);
  const described = await rows(`describe from ${table}`);
  expect(described.map((row) => row[0])).toEqual(ESTIMATE_COLUMNS.map((column) => column.name));
  expect(described.map((row) => row[1])).toEqual(typeNames(TYPES));
  expect(await rows(`select count(*), max(samples) from ${table}`)).toEqual([
    [BigInt(ESTIMATE_ROWS), BigInt(HUGE_COUNT)],
  ]);
  const counts = ESTIMATE_COLUMNS.map(({ name }) => `count(*) - count(${name})`).join(', ');
  expect((await rows(`select ${counts} from ${table}`))[0]).toEqual(NULLS.map(BigInt));
  for (const row of [0, 2, 8191, 8192, ESTIMATE_ROWS - 1])
    expect((await rows(`from ${table} limit 1 offset ${row}`))[0]).toEqual(expectedRow(row));
});

test('DuckDB reads the tallies by way of Parquet', async () => {
  const arrow = join(folder(), 'tallies.arrow');
  writeTallies(arrow, TALLY_ROWS);
  const table = asParquet(arrow);
  const lists = expectedLists();
  const columns = Object.keys(lists).join(', ');
  expect(await rows(`select count(*), max(count) from ${table}`)).toEqual([[BigInt(TALLY_ROWS), BigInt(HUGE_COUNT)]]);
  expect((await rows(`describe select ${columns} from ${table}`)).map((row) => row[1])).toEqual([
    'SMALLINT[]',
    'UINTEGER[]',
    'BIGINT[]',
    'UBIGINT[]',
  ]);
  const [row] = await rows(`select ${columns} from ${table} limit 1 offset ${TALLY_ROW}`);
  expect(row).toEqual(Object.values(lists));
});
