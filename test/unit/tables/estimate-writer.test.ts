import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunError } from '../../../src/errors.ts';
import { columnIndex, ESTIMATE_COLUMNS } from '../../../src/stats/columns.ts';
import { ArrowFile } from '../../../src/tables/arrow-file.ts';
import { readEstimates } from '../../../src/tables/estimate-reader.ts';
import { EstimateWriter } from '../../../src/tables/estimate-writer.ts';
import {
  folder,
  HUGE_COUNT,
  LABELS,
  METADATA,
  probeRows,
  probeValue,
  sha256,
  writeProbe,
} from '../../support/tables.ts';

/** More than two batches, the last one short and no multiple of 8. */
const ROWS = 2 * 8192 + 1001;

function bytes({ buffer }: Float64Array): Buffer {
  return Buffer.from(buffer);
}

test('what is written is read back: every value and null of every column', () => {
  const path = join(folder(), 'estimates.arrow');
  const facts = writeProbe(path, ROWS, 1500);
  const table = readEstimates(path);
  expect(facts.rows).toBe(ROWS);
  expect(table.rows).toBe(ROWS);
  expect(table.columns).toEqual(ESTIMATE_COLUMNS.map((column) => column.name));
  ESTIMATE_COLUMNS.forEach(({ name }, c) => {
    const expected = Float64Array.from({ length: ROWS }, (_, row) => probeValue(c, row));
    // By bits: comparing 17 000 numbers one by one is slow, and NaN is null.
    expect(Buffer.compare(bytes(table.numbers(name)), bytes(expected)), name).toBe(0);
  });
  expect(table.numbers('samples')[2]).toBe(HUGE_COUNT);
});

test('labels come back as text, null where null', () => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, 20);
  const table = readEstimates(path);
  const expected = Array.from({ length: 20 }, (_, row) => LABELS.initializer[row % 3]);
  expect(table.labels('initializer')).toEqual(expected);
  const note = columnIndex('z_mean_note');
  table.labels('z_mean_note').forEach((label, row) => {
    const index = probeValue(note, row);
    expect(label).toBe(Number.isNaN(index) ? null : ESTIMATE_COLUMNS[note]?.values?.[index]);
  });
});

test('fields carry description, unit and formula; the schema carries the metadata in order of its keys', () => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, 1);
  const { fields, metadata } = readEstimates(path);
  fields.forEach((field, i) => {
    const { description, unit, formula, nullable } = ESTIMATE_COLUMNS[i] as (typeof ESTIMATE_COLUMNS)[number];
    expect(field).toMatchObject({ description, nullable, ...(unit && { unit }), ...(formula && { formula }) });
    expect('unit' in field).toBe(unit !== undefined);
    expect('formula' in field).toBe(formula !== undefined);
  });
  expect([...metadata.keys()]).toEqual(['kernel', 'plan', 'run', 'seed']);
  expect(Object.fromEntries(metadata)).toEqual(METADATA);
});

test('the bytes are the same for any chunks, any order of metadata keys, and a second table in the process', () => {
  const path = join(folder(), 'estimates.arrow');
  const first = writeProbe(path, ROWS);
  expect(sha256(path)).toBe(first.sha256);
  expect(readFileSync(path).byteLength).toBe(first.bytes);
  for (const chunk of [1, 8191, 8192, 8193, ROWS]) expect(writeProbe(path, ROWS, chunk)).toEqual(first);
  const shuffled = new EstimateWriter(path, LABELS, Object.fromEntries(Object.entries(METADATA).reverse()));
  shuffled.append(probeRows(0, ROWS), ROWS);
  expect(shuffled.close()).toEqual(first);
  // Control: the digest does depend on the values.
  expect(writeProbe(path, ROWS - 1).sha256).not.toBe(first.sha256);
});

test.each([
  [0, 1],
  [8192, 1],
  [8193, 2],
])('%d rows are in %d batches', (rows, batches) => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, rows);
  const file = new ArrowFile(path);
  expect(file.batches).toBe(batches);
  file.close();
});

test('bits behind a null do not reach the bytes', () => {
  const path = join(folder(), 'estimates.arrow');
  const values = probeRows(0, 100);
  const bits = new BigUint64Array(values.buffer);
  const first = writeProbe(path, 100);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = 0xfff8_0000_dead_beefn;
  });
  const writer = new EstimateWriter(path, LABELS, METADATA);
  writer.append(values, 100);
  expect(writer.close().sha256).toBe(first.sha256);
});

test('rows are copied: the caller may reuse its array', () => {
  const path = join(folder(), 'estimates.arrow');
  const writer = new EstimateWriter(path, LABELS, METADATA);
  const values = probeRows(0, 10);
  writer.append(values, 10);
  values.fill(0);
  writer.close();
  expect(readEstimates(path).numbers('beta')[9]).toBe(probeValue(columnIndex('beta'), 9));
});

test('a table without rows is a table', () => {
  const path = join(folder(), 'estimates.arrow');
  expect(new EstimateWriter(path, LABELS, METADATA).close().rows).toBe(0);
  const table = readEstimates(path);
  expect(table.rows).toBe(0);
  expect(table.numbers('z_var')).toEqual(new Float64Array(0));
  expect(table.fields[0]?.values).toEqual(LABELS.initializer);
});

test('nothing is under the name before close, and abort leaves nothing', () => {
  const path = folder();
  const writer = new EstimateWriter(join(path, 'estimates.arrow'), LABELS, METADATA);
  writer.append(probeRows(0, ROWS), ROWS);
  expect(readdirSync(path)).toEqual([expect.stringMatching(/^\.estimates\.arrow\.\d+\.[0-9a-f]{12}\.tmp$/)]);
  writer.abort();
  expect(readdirSync(path)).toEqual([]);
  writer.abort();
  expect(() => writer.append(probeRows(0, 8192), 8192)).toThrow('closed');
});

test('an older table stays until the new one is whole, then is replaced', () => {
  const path = folder();
  const file = join(path, 'estimates.arrow');
  writeFileSync(file, 'old');
  const writer = new EstimateWriter(file, LABELS, METADATA);
  writer.append(probeRows(0, 3), 3);
  expect(readFileSync(file, 'utf8')).toBe('old');
  writer.close();
  writer.abort();
  expect(readdirSync(path)).toEqual(['estimates.arrow']);
  expect(readEstimates(file).rows).toBe(3);
});

test.each([
  ['beta', Number.NaN, 'column beta, row 8200: received NaN; allowed: a number;'],
  ['fan_in', 2 ** 32, 'column fan_in, row 8200: received 4294967296; allowed: a whole number from 0 to 2³² − 1;'],
  ['fan_in', Number.NaN, 'column fan_in, row 8200: received NaN'],
  ['samples', 0.5, 'column samples, row 8200: received 0.5'],
  ['samples', -1, 'column samples, row 8200: received -1'],
  ['samples', 2 ** 64, 'column samples, row 8200: received 18446744073709552000'],
  ['input', 2, 'column input, row 8200: received 2; allowed: an index below 2'],
  ['z_mean_note', 4, 'column z_mean_note, row 8200: received 4; allowed: an index below 4'],
])('%s refuses %d, and no file is left', (name, value, message) => {
  const path = folder();
  const writer = new EstimateWriter(join(path, 'estimates.arrow'), LABELS, METADATA);
  writer.append(probeRows(0, 8000), 8000);
  const values = probeRows(8000, 300);
  values[columnIndex(name) * 300 + 200] = value;
  expect(() => writer.append(values, 300)).toThrow(RunError);
  expect(readdirSync(path)).toEqual([]);
  const again = new EstimateWriter(join(path, 'estimates.arrow'), LABELS, METADATA);
  again.append(probeRows(0, 8000), 8000);
  expect(() => again.append(values, 300)).toThrow(message);
});

test('the number of values must fit the rows', () => {
  const writer = new EstimateWriter(join(folder(), 'estimates.arrow'), LABELS, METADATA);
  expect(() => writer.append(probeRows(0, 2), 3)).toThrow(/received \d+ values for 3 rows/);
});

test('labels: 32767 fit, one more or a repeated one is refused before a file is made', () => {
  const path = folder();
  const file = join(path, 'estimates.arrow');
  const labels = (count: number) => ({ ...LABELS, input: Array.from({ length: count }, (_, i) => `input ${i}`) });
  expect(() => new EstimateWriter(file, labels(32768), METADATA)).toThrow(
    'received 32768 labels; allowed: at most 32767',
  );
  expect(() => new EstimateWriter(file, { ...LABELS, input: ['a', 'b', 'a'] }, METADATA)).toThrow('the label a twice');
  expect(readdirSync(path)).toEqual([]);
  const writer = new EstimateWriter(file, labels(32767), METADATA);
  const values = probeRows(0, 1);
  values[columnIndex('input')] = 32766;
  writer.append(values, 1);
  writer.close();
  expect(readEstimates(file).labels('input')).toEqual(['input 32766']);
});
