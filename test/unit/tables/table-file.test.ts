import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { RunError } from '../../../src/errors.ts';
import { EstimateWriter } from '../../../src/tables/estimate-writer.ts';
import { TableFile } from '../../../src/tables/table-file.ts';
import { folder, LABELS, METADATA, probeRows, sha256 } from '../../support/tables.ts';

type Call = 'openSync' | 'writeSync' | 'fsyncSync' | 'fdatasync' | 'renameSync';
const faults = vi.hoisted(() => new Map<string, (...args: never[]) => unknown>());

/** The real file system, but for the calls that a test replaces. */
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const faulty =
    (call: Call) =>
    (...args: never[]) =>
      ((faults.get(call) ?? real[call]) as (...args: never[]) => unknown)(...args);
  return {
    ...real,
    openSync: faulty('openSync'),
    writeSync: faulty('writeSync'),
    fsyncSync: faulty('fsyncSync'),
    fdatasync: faulty('fdatasync'),
    renameSync: faulty('renameSync'),
  };
});

afterEach(() => faults.clear());

function fail(call: Call, code: string): void {
  faults.set(call, () => {
    throw Object.assign(new Error(`${code}: words of the system, ${call}`), { code, syscall: call });
  });
}

test.each([
  [
    'writeSync',
    'ENOSPC',
    'received ENOSPC: words of the system; allowed: a disk with room for the tables; free some space',
  ],
  ['writeSync', 'EIO', 'received EIO: words of the system; allowed: a disk that takes the file'],
  ['fsyncSync', 'EDQUOT', 'received EDQUOT'],
  ['renameSync', 'EACCES', 'received EACCES: words of the system; allowed: a folder you may write to'],
] as const)('%s failing with %s is a RunError and leaves no file', (call, code, message) => {
  const path = folder();
  fail(call, code);
  const write = () => {
    const writer = new EstimateWriter(join(path, 'estimates.arrow'), LABELS, METADATA);
    writer.append(probeRows(0, 9000), 9000);
    writer.close();
  };
  expect(write).toThrow(RunError);
  expect(write).toThrow(`${join(path, 'estimates.arrow')}: ${message}`);
  expect(fs.readdirSync(path)).toEqual([]);
});

test('a folder that is not there is named, with what to do', () => {
  const path = join(folder(), 'missing', 'estimates.arrow');
  expect(() => new TableFile(path)).toThrow(
    `${path}: received ENOENT: no such file or directory; allowed: an existing folder; create the folder first`,
  );
});

test('short writes are continued', () => {
  const path = join(folder(), 'bytes');
  const { writeSync } = fs;
  faults.clear();
  const real = writeSync as (descriptor: number, bytes: Uint8Array, offset: number, length: number) => number;
  faults.set('writeSync', ((descriptor: number, bytes: Uint8Array, offset: number) => {
    const hook = faults.get('writeSync');
    faults.delete('writeSync');
    const done = real(descriptor, bytes, offset, Math.min(100_001, bytes.byteLength - offset));
    if (hook) faults.set('writeSync', hook);
    return done;
  }) as (...args: never[]) => unknown);
  const file = new TableFile(path);
  const sent = Buffer.alloc(3_000_000, 'initsweep ');
  for (const [from, to] of [
    [0, 7],
    [7, 1_000_000],
    [1_000_000, 2_999_999],
    [2_999_999, 3_000_000],
  ] as const)
    file.write(sent.subarray(from, to));
  const facts = file.seal();
  file.place();
  expect(fs.readFileSync(path).equals(sent)).toBe(true);
  expect(facts).toEqual({ bytes: sent.byteLength, sha256: sha256(path) });
});

test('bytes may be reused after write', () => {
  const path = join(folder(), 'bytes');
  const file = new TableFile(path);
  const bytes = new Uint8Array([1, 2, 3]);
  file.write(bytes);
  bytes.fill(9);
  file.write(bytes);
  file.seal();
  file.place();
  expect([...fs.readFileSync(path)]).toEqual([1, 2, 3, 9, 9, 9]);
});

test.each([
  ['a disk in order', null],
  ['a disk that fails at it', new Error('EIO')],
])('%s begins with a large table before it is whole, through a descriptor of its own', async (_, error) => {
  const path = join(folder(), 'bytes');
  const early: number[] = [];
  const own: number[] = [];
  const { fsyncSync } = fs;
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  faults.set('fdatasync', ((descriptor: number, done: (error: Error | null) => void) => {
    early.push(descriptor);
    done(error);
    begin();
  }) as (...args: never[]) => unknown);
  faults.set('fsyncSync', ((descriptor: number) => {
    own.push(descriptor);
    faults.delete('fsyncSync');
    fsyncSync(descriptor);
  }) as (...args: never[]) => unknown);
  const file = new TableFile(path);
  const sent = Buffer.alloc(3 << 20, 'initsweep ');
  file.write(sent);
  expect(early).toEqual([]);
  file.write(sent);
  await begun;
  const facts = file.seal();
  file.place();
  expect(early).toHaveLength(1);
  expect(own[0]).not.toBe(early[0]);
  expect(facts).toEqual({ bytes: 2 * sent.byteLength, sha256: sha256(path) });
});
