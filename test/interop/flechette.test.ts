import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from '@uwdata/flechette';
import { expect, test } from 'vitest';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { ESTIMATE_ROWS, expectedLists, expectedRow, NULLS, TALLY_ROW, TALLY_ROWS } from '../support/table-facts.ts';
import { folder, METADATA, TALLY_LABELS, writeProbe, writeTallies } from '../support/tables.ts';

// The file as it is, and as a stream without its magic bytes.
test.each([0, 8])('flechette reads the estimates from byte %d', (from) => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, ESTIMATE_ROWS);
  const table = tableFromIPC(readFileSync(path).subarray(from), { useBigInt: true });
  expect(table.numRows).toBe(ESTIMATE_ROWS);
  expect(table.names).toEqual(ESTIMATE_COLUMNS.map((column) => column.name));
  expect(Object.fromEntries(table.schema.metadata ?? [])).toEqual(METADATA);
  expect(table.schema.fields[3]?.metadata?.get('unit')).toBe('inputs');
  expect(table.names.map((_, c) => table.getChildAt(c).nullCount)).toEqual(NULLS);
  for (const row of [0, 2, 8191, 8192, ESTIMATE_ROWS - 1])
    expect(table.names.map((_, c) => table.getChildAt(c).at(row))).toEqual(expectedRow(row));
});

test('flechette reads the tallies', () => {
  const path = join(folder(), 'tallies.arrow');
  writeTallies(path, TALLY_ROWS);
  const table = tableFromIPC(readFileSync(path), { useBigInt: true });
  expect(table.numRows).toBe(TALLY_ROWS);
  const cell = (name: string): unknown => table.getChild(name).at(TALLY_ROW);
  expect(cell('weight_shape')).toBe(TALLY_LABELS.shape[TALLY_ROW % 2]);
  for (const [name, items] of Object.entries(expectedLists()))
    expect(Array.from(cell(name) as ArrayLike<unknown>), name).toEqual(items);
});
