import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { entryOwner, segmentHeader } from '../../../src/run/journal-format.ts';
import { JournalTallies } from '../../../src/run/journal-tallies.ts';
import { encodeOwnedEntry, LONGEST_ENTRY, type TallyEntry } from '../../../src/sweep/tally-entry.ts';
import { DRAWS, HEADER, known, plain, probeEntries, probeEntry, segmentPath } from '../../support/journal.ts';
import { folder } from '../../support/tables.ts';

const ENTRIES = probeEntries(0, 6);
const OWNER = entryOwner(DRAWS);
const PARTS = ENTRIES.map((entry) => Buffer.concat(encodeOwnedEntry(OWNER, entry)));
const WHOLE = Buffer.concat([segmentHeader(DRAWS), ...PARTS]);
/** Where each entry ends. */
const ENDS = PARTS.map((_, i) => HEADER + Buffer.concat(PARTS.slice(0, i + 1)).length);

let path: string;
beforeEach(() => {
  path = folder();
  mkdirSync(join(path, 'journal'));
});

function found(segment: Uint8Array): Promise<TallyEntry[]> {
  writeFileSync(segmentPath(path), segment);
  return known(path);
}

/** Of the six entries, the first `count`. */
async function expectFirst(count: number, segment: Uint8Array, what: string): Promise<void> {
  expect(plain(await found(segment)), what).toEqual(plain(ENTRIES.slice(0, count)));
}

/** An entry that says it has `length` bytes, and whose checksum is right for what there is. */
function entryOfLength(length: number, { record }: TallyEntry = probeEntry(9)): Buffer {
  const entry = Buffer.concat(encodeOwnedEntry(OWNER, { ...probeEntry(9), record }));
  entry.writeUInt32LE(length, 4);
  entry.writeUInt32LE(crc32(entry.subarray(4), OWNER), 0);
  return entry;
}

describe('a damaged segment', () => {
  it('is as the format says', () => {
    expect(segmentHeader(DRAWS).toString('latin1')).toBe(`initswpj\x02\0\0\0${DRAWS}`);
    const [entry] = ENTRIES as [TallyEntry];
    const position = { input: 1, fanIn: 2, shape: 3, block: 4 };
    const [head, record] = encodeOwnedEntry(OWNER, { position, record: entry.record });
    expect(record).toBe(entry.record);
    const words = [record.length, 1, 2, 3, 4];
    const rest = Buffer.from(Uint32Array.from(words).buffer);
    expect(Buffer.from(head).readUInt32LE(0)).toBe(crc32(Buffer.concat([segmentHeader(DRAWS), rest, record])));
    expect(Buffer.from(head).subarray(4)).toEqual(rest);
  });

  it('has the entries in front of a torn tail, wherever it was torn', async () => {
    for (let length = 0; length <= WHOLE.length; length++)
      await expectFirst(ENDS.filter((end) => end <= length).length, WHOLE.subarray(0, length), `${length} bytes`);
  });

  it('has the entries in front of a bit that turned, wherever it is', async () => {
    const [head] = ENDS as [number];
    for (let at = 0; at < WHOLE.length; at++) {
      // One bit of each byte, and every bit in the head of the second entry.
      for (const bit of at >= head && at < head + 24 ? [0, 1, 2, 3, 4, 5, 6, 7] : [at & 7]) {
        const damaged = Buffer.from(WHOLE);
        damaged[at] = (damaged[at] as number) ^ (1 << bit);
        const intact = at < HEADER ? 0 : ENDS.filter((end) => end <= at).length;
        await expectFirst(intact, damaged, `bit ${bit} of byte ${at}`);
      }
    }
  });

  it('ends where the disk left a hole of zeros, or what was there before', async () => {
    for (const filler of [Buffer.alloc(5000), Buffer.alloc(5000, 0xff), Buffer.alloc(5000, 'text ')]) {
      await expectFirst(6, Buffer.concat([WHOLE, filler]), 'behind it');
      for (const end of ENDS.slice(0, -1)) {
        const holed = Buffer.from(WHOLE);
        filler.copy(holed, end);
        await expectFirst(ENDS.indexOf(end) + 1, holed, `hole at ${end}`);
      }
    }
  });

  it('ends where the disk gives back what another run has written there', async () => {
    const [first, second] = ENTRIES as [TallyEntry, TallyEntry];
    const [own, others] = [DRAWS, 'cd'.repeat(32)].map(entryOwner) as [number, number];
    const entries = [encodeOwnedEntry(own, first), encodeOwnedEntry(others, second), encodeOwnedEntry(own, second)];
    await expectFirst(1, Buffer.concat([segmentHeader(DRAWS), ...entries.flat()]), 'another’s entry');
  });

  it('of several does not touch the others', async () => {
    writeFileSync(segmentPath(path, 2), WHOLE.subarray(0, 40));
    writeFileSync(segmentPath(path, 3), '');
    writeFileSync(segmentPath(path, 4), Buffer.concat([segmentHeader(DRAWS), ...PARTS.slice(3)]));
    await expectFirst(6, WHOLE.subarray(0, ENDS[2]), 'three segments');
    const { count } = await JournalTallies.open(path, DRAWS);
    expect(count).toBe(6);
  });

  it('may hold a segment of another version of the format', async () => {
    const other = Buffer.from(WHOLE);
    other.writeUInt32LE(1, 8);
    await expectFirst(0, other, 'version 1');
  });

  it('may be any bytes behind the header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(6), async (bytes, entries) => {
        const intact = WHOLE.subarray(0, ENDS[entries - 1] ?? HEADER);
        await expectFirst(entries, Buffer.concat([intact, bytes]), `${bytes.length} bytes behind ${entries}`);
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});

describe('a hostile length', () => {
  const LENGTHS = [0, 1, 47, 2 ** 20, LONGEST_ENTRY - 24, LONGEST_ENTRY - 23, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

  it('is no entry, though its checksum is right, and takes no memory', async () => {
    const room = (): number => process.memoryUsage().arrayBuffers;
    const before = room();
    for (const length of LENGTHS)
      await expectFirst(6, Buffer.concat([WHOLE, entryOfLength(length)]), `${length} bytes`);
    // The readers' buffers, which nobody collected yet; one of these lengths would be 4 GB.
    expect(room() - before).toBeLessThan(2 * LENGTHS.length * LONGEST_ENTRY + 2 ** 22);
  });

  it('is no entry where the file is that long', async () => {
    for (const length of LENGTHS) {
      writeFileSync(segmentPath(path), Buffer.concat([WHOLE, entryOfLength(length)]));
      // A sparse file: zeros up to 5 GB.
      truncateSync(segmentPath(path), 5 * 2 ** 30);
      expect(plain(await known(path)), `${length} bytes`).toEqual(plain(ENTRIES));
    }
  });
});
