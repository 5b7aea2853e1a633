import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { entryOwner, segmentHeader } from '../../src/run/journal-format.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { statusOf } from '../../src/run/status.ts';
import { recordBytes } from '../../src/stats/record.ts';
import { planSweep } from '../../src/sweep/plan.ts';
import { encodeOwnedEntry } from '../../src/sweep/tally-entry.ts';
import { cases, damage, damaged, outcomeOf, peakMemory } from '../support/hostile.ts';
import { copyRun, finishedRun, INLINE, stoppedRun, tableDigests } from '../support/run-directories.ts';
import { smallSweep } from '../support/small-sweep.ts';
import { lastingFolder } from '../support/tables.ts';

const path = lastingFolder();
const [finished, stopped, directory] = ['finished', 'stopped', 'case'].map((name) => join(path, name)) as [
  string,
  string,
  string,
];
const sweep = await smallSweep({
  fanIn: [1, 4],
  inputs: 'normal',
  initializers: 'he_normal',
  samples: 2048,
  blocks: 32,
});
const plan = planSweep(sweep.spec);
const folder = join(directory, 'journal');
let whole = Buffer.alloc(0);
let found = 0;

beforeAll(async () => {
  await finishedRun(finished, sweep);
  await stoppedRun(stopped, finished, sweep);
  whole = readFileSync(join(stopped, 'journal', '000001.journal'));
});

afterAll(() => {
  expect(peakMemory()).toBeLessThan(1500);
});

/** Goes on with the run, whose journal is what `segments` say: it ends in the right bytes, whatever that is. */
async function goOn(segments: readonly Uint8Array[]): Promise<void> {
  copyRun(stopped, directory);
  segments.forEach((bytes, i) => {
    writeFileSync(join(folder, `${String(i + 1).padStart(6, '0')}.journal`), bytes);
  });
  found = 0;
  await outcomeOf(() => statusOf(directory));
  const onFound = (tallies: number) => {
    found = tallies;
  };
  const outcome = await outcomeOf(() => runSweep(sweep, { ...INLINE, directory, onFound }));
  expect(outcome.refusal).toBeNull();
  expect(tableDigests(directory)).toEqual(tableDigests(finished));
  expect(readdirSync(directory)).not.toContain('journal');
}

test('a damaged journal is taken as far as it is whole', async () => {
  const counts = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 2 }), async (harms) => {
      await goOn(harms.map((harm) => damaged(whole, harm)));
      counts.add(found);
    }),
    cases(40, 100),
  );
  // From nothing to all of it.
  expect(Math.min(...counts)).toBe(0);
  expect(Math.max(...counts)).toBe(22);
});

const number = fc.oneof(fc.nat(40), fc.constantFrom(2 ** 31, 2 ** 32 - 1), fc.nat());
const position = fc.record({ input: number, fanIn: number, shape: number, block: number });

/** Records as long as they say, of anything. */
const record = fc.oneof(
  fc.tuple(fc.nat(40), fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.boolean()).map(([bins, filling, counted]) => {
    const bytes = Buffer.alloc(recordBytes(bins), filling);
    bytes.writeUInt32LE(bins, 0);
    if (counted) bytes.writeUInt32LE(plan.blockSamples, 4);
    return bytes;
  }),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
);

test('entries that nobody simulated, with the right checksum, do no harm', async () => {
  const inside = fc.record({ input: fc.constant(0), fanIn: fc.nat(1), shape: fc.constant(0), block: fc.nat(31) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ position: fc.oneof(inside, position), record }), { minLength: 1, maxLength: 6 }),
      async (entries) => {
        const owner = entryOwner(plan.draws);
        const bytes = entries.flatMap((entry) => encodeOwnedEntry(owner, entry));
        await goOn([Buffer.concat([segmentHeader(plan.draws), ...bytes]), whole]);
      },
    ),
    cases(41, 100),
  );
});

test('segments of other draws, files that are none, and segments twice', async () => {
  const other = Buffer.concat([segmentHeader('f'.repeat(64)), whole.subarray(segmentHeader(plan.draws).length)]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(whole, other, Buffer.alloc(0), Buffer.alloc(100_000), Buffer.from('PAR1')), {
        minLength: 1,
        maxLength: 5,
      }),
      async (segments) => {
        await goOn(segments);
        expect(found).toBe(segments.includes(whole) ? 22 : 0);
      },
    ),
    cases(42, 30),
  );
});
