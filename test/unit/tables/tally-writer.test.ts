import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ArrowFile } from '../../../src/tables/arrow-file.ts';
import { readTallies, readTallyHeader } from '../../../src/tables/tally-reader.ts';
import { TallyWriter } from '../../../src/tables/tally-writer.ts';
import {
  folder,
  HUGE_COUNT,
  METADATA,
  probeCentre,
  probeId,
  probeTally,
  sha256,
  TALLY_LABELS,
  writeTallies,
} from '../../support/tables.ts';

/** More than two batches, the last one short. */
const ROWS = 600;

test('what is written is read back, in order, to the last bit', () => {
  const path = join(folder(), 'tallies.arrow');
  expect(writeTallies(path, ROWS).rows).toBe(ROWS);
  let row = 0;
  for (const read of readTallies(path)) {
    expect(read).toEqual({ ...probeId(row), centre: probeCentre(row), tally: probeTally(row) });
    row++;
  }
  expect(row).toBe(ROWS);
});

test('counts above 2⁵³ survive', () => {
  const path = join(folder(), 'tallies.arrow');
  writeTallies(path, 2);
  expect([...readTallies(path)][1]?.tally.count).toBe(HUGE_COUNT);
});

test('what is yielded stays valid when later batches are read', () => {
  const path = join(folder(), 'tallies.arrow');
  writeTallies(path, ROWS);
  const all = [...readTallies(path)];
  expect(all.map(({ tally }) => tally.bins.length)).toEqual(all.map((_, row) => probeTally(row).bins.length));
  expect(all[3]?.tally).toEqual(probeTally(3));
});

test('a written tally is copied: the caller may reuse its arrays', () => {
  const path = join(folder(), 'tallies.arrow');
  const writer = new TallyWriter(path, TALLY_LABELS, METADATA);
  const tally = probeTally(5);
  writer.append(probeId(5), tally, 0);
  tally.bins.fill(0);
  tally.powers.fill(0);
  writer.close();
  expect([...readTallies(path)][0]?.tally).toEqual(probeTally(5));
});

test('the header has labels, rows and metadata', () => {
  const path = join(folder(), 'tallies.arrow');
  writeTallies(path, ROWS);
  const header = readTallyHeader(path);
  expect(header.labels).toEqual(TALLY_LABELS);
  expect(header.rows).toBe(ROWS);
  expect(Object.fromEntries(header.metadata)).toEqual(METADATA);
});

test('the same tallies give the same bytes', () => {
  const path = join(folder(), 'tallies.arrow');
  const first = writeTallies(path, ROWS);
  expect(writeTallies(path, ROWS)).toEqual(first);
  expect(sha256(path)).toBe(first.sha256);
  expect(writeTallies(path, ROWS - 1).sha256).not.toBe(first.sha256);
});

test.each([
  [0, 1],
  [256, 1],
  [257, 2],
  [512, 2],
])('%d rows are in %d batches', (rows, batches) => {
  const path = join(folder(), 'tallies.arrow');
  expect(writeTallies(path, rows).rows).toBe(rows);
  expect([...readTallies(path)]).toHaveLength(rows);
  const file = new ArrowFile(path);
  expect(file.batches).toBe(batches);
  file.close();
  expect(readTallyHeader(path).labels).toEqual(TALLY_LABELS);
});

test('abort leaves nothing', () => {
  const path = folder();
  const writer = new TallyWriter(join(path, 'tallies.arrow'), TALLY_LABELS, METADATA);
  for (let row = 0; row < ROWS; row++) writer.append(probeId(row), probeTally(row), 0);
  expect(readdirSync(path)).toHaveLength(1);
  writer.abort();
  expect(readdirSync(path)).toEqual([]);
});

test.each([
  [
    'shape',
    { ...probeId(0), shape: 2 },
    probeTally(1),
    'column weight_shape of tallies.arrow: received 2; allowed: a whole number from 0 to 1',
  ],
  ['input', { ...probeId(0), input: -1 }, probeTally(1), 'column input of tallies.arrow: received -1'],
  ['fan-in', { ...probeId(0), fanIn: 2 ** 32 }, probeTally(1), 'column fan_in of tallies.arrow: received 4294967296'],
  ['count', probeId(0), { ...probeTally(1), count: 1.5 }, 'column count of tallies.arrow: received 1.5'],
  [
    'list',
    probeId(0),
    { ...probeTally(1), counts: new Uint32Array(3) },
    'column bin of tallies.arrow: received 2 bins with 3 sums',
  ],
  ['powers', probeId(0), { ...probeTally(1), powers: new Float64Array(3) }, 'received 3 power sums; allowed: four'],
])('a %s that the columns cannot hold is refused, and no file is left', (_, id, tally, message) => {
  const path = folder();
  const writer = new TallyWriter(join(path, 'tallies.arrow'), TALLY_LABELS, METADATA);
  expect(() => writer.append(id, tally, 0)).toThrow(message);
  expect(readdirSync(path)).toEqual([]);
});

test('a centre that is no number is refused', () => {
  const writer = new TallyWriter(join(folder(), 'tallies.arrow'), TALLY_LABELS, METADATA);
  expect(() => writer.append(probeId(1), probeTally(1), Number.NaN)).toThrow(
    'column centre of tallies.arrow: received NaN',
  );
});
