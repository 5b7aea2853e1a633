import { copyFileSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunDirectoryError } from '../../../src/errors.ts';
import { readEstimates } from '../../../src/tables/estimate-reader.ts';
import { readTallies, readTallyHeader } from '../../../src/tables/tally-reader.ts';
import { folder, writeProbe, writeTallies } from '../../support/tables.ts';

test('a missing file', () => {
  const path = join(folder(), 'estimates.arrow');
  expect(() => readEstimates(path)).toThrow(RunDirectoryError);
  expect(() => readEstimates(path)).toThrow(`${path}: received ENOENT: no such file or directory; allowed: a table`);
  expect(() => [...readTallies(path)]).toThrow(RunDirectoryError);
});

test.each([
  ['nothing', (): Buffer => Buffer.alloc(0), 'received 0 bytes'],
  ['another kind', (): Buffer => Buffer.alloc(1000, 'text '), 'received no Arrow file'],
  ['the end missing', (whole: Buffer): Buffer => whole.subarray(0, whole.length - 1), 'received a file without an end'],
  ['a wrong footer length', (whole: Buffer): Buffer => patched(whole, whole.length - 10, 0x7fffffff), 'beyond its end'],
  ['a footer of length 0', (whole: Buffer): Buffer => patched(whole, whole.length - 10, 0), 'received damaged bytes'],
])('%s', (_, damage, message) => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, 100);
  writeFileSync(path, damage(readFileSync(path)));
  expect(() => readEstimates(path)).toThrow(RunDirectoryError);
  expect(() => readEstimates(path)).toThrow(message);
});

function patched(whole: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(whole);
  copy.writeInt32LE(value, at);
  return copy;
}

test('a hole of zeros, as a crash leaves it, is read as zeros or refused, but never fails otherwise', () => {
  const path = join(folder(), 'tallies.arrow');
  writeTallies(path, 20);
  const whole = readFileSync(path);
  let refused = 0;
  for (let at = 0; at + 512 <= whole.length; at += 64) {
    writeFileSync(path, Buffer.from(whole).fill(0, at, at + 512));
    try {
      readTallyHeader(path);
      for (const { tally } of readTallies(path)) tally.bins.at(-1);
    } catch (error) {
      expect(error, `hole at ${at}`).toBeInstanceOf(RunDirectoryError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(20);
});

test('a torn file is refused wherever it ends', () => {
  const path = join(folder(), 'tallies.arrow');
  writeTallies(path, 20);
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 97) {
    writeFileSync(path, whole.subarray(0, length));
    expect(() => readTallyHeader(path), `${length} bytes`).toThrow(RunDirectoryError);
  }
});

test('a table of the other kind', () => {
  const path = folder();
  writeProbe(join(path, 'estimates.arrow'), 1);
  expect(() => [...readTallies(join(path, 'estimates.arrow'))]).toThrow('received the columns initializer, input');
  writeTallies(join(path, 'tallies.arrow'), 1);
  expect(() => readEstimates(join(path, 'tallies.arrow'))).toThrow(
    /received a table with lists or other nested values \(column \w+\); allowed: a table of numbers and labels/,
  );
});

test('an unknown column, and labels of a column of numbers', () => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, 1);
  const table = readEstimates(path);
  expect(() => table.numbers('z_men')).toThrow(
    `${path}: received the column name z_men; allowed: a column of the table`,
  );
  expect(() => table.labels('beta')).toThrow('allowed: a column of labels');
});

test('a table that was replaced after it was opened is not mixed with the new one', () => {
  const path = join(folder(), 'estimates.arrow');
  writeProbe(path, 10);
  const table = readEstimates(path);
  expect(table.numbers('beta')).toHaveLength(10);
  writeProbe(path, 10);
  expect(() => table.numbers('beta')).toThrow('another file than the one opened before');
});

test.runIf(process.platform === 'linux')('no descriptor stays open, whether reading ends early, well or badly', () => {
  const path = folder();
  const tallies = join(path, 'tallies.arrow');
  const estimates = join(path, 'estimates.arrow');
  writeTallies(tallies, 600);
  writeProbe(estimates, 10);
  copyFileSync(tallies, join(path, 'short'));
  truncateSync(join(path, 'short'), 1000);
  renameSync(join(path, 'short'), join(path, 'short.arrow'));
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  for (let i = 0; i < 20; i++) {
    for (const { block } of readTallies(tallies)) if (block === 3) break;
    readEstimates(estimates).numbers('beta');
    expect(() => readTallyHeader(join(path, 'short.arrow'))).toThrow(RunDirectoryError);
    expect(() => [...readTallies(estimates)]).toThrow(RunDirectoryError);
  }
  expect(open()).toBeLessThan(before + 10);
});
