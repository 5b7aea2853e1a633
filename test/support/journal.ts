import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../../src/run/journal.ts';
import { JournalTallies } from '../../src/run/journal-tallies.ts';
import { SegmentReader } from '../../src/run/segment-reader.ts';
import { recordBytes } from '../../src/stats/record.ts';
import type { Group } from '../../src/sweep/groups.ts';
import type { TallyEntry } from '../../src/sweep/tally-entry.ts';

export const DRAWS = 'ab'.repeat(32);

/** Every position of the tests. */
export const EVERYTHING: Group = { inputs: [0, 4], fanIns: [0, 4], blocks: [0, 2 ** 32 - 1] };

/** Bytes of the header in front of a segment's entries. */
export const HEADER = 76;

/** A record with `bins` bins and bytes of its own; all lengths that kernels write, odd ones too. */
export function probeRecord(seed: number, bins = 1 + (seed % 5)): Uint8Array {
  const record = Uint8Array.from({ length: recordBytes(bins) }, (_, i) => (seed * 31 + i * 7) & 0xff);
  new DataView(record.buffer).setUint32(0, bins, true);
  return record;
}

/** The tally of one block, the other positions told from its number. */
export function probeEntry(block: number, bins?: number): TallyEntry {
  return {
    position: { input: block % 3, fanIn: block % 4, shape: block % 2, block },
    record: probeRecord(block, bins),
  };
}

export function probeEntries(from: number, to: number): TallyEntry[] {
  return Array.from({ length: to - from }, (_, i) => probeEntry(from + i));
}

/** Writes one segment. */
export async function writeSegment(directory: string, entries: readonly TallyEntry[], draws = DRAWS): Promise<void> {
  const journal = new Journal(directory, draws);
  journal.add(entries);
  await journal.close();
}

/** Bytes of a segment that are header and whole entries. */
export function wholeBytes(path: string, draws = DRAWS): number {
  const reader = new SegmentReader(path, draws);
  let end = reader.start() ?? 0;
  for (let entry = end > 0 ? reader.entry(end) : null; entry !== null; entry = reader.entry(end)) end = entry.end;
  reader.close();
  return end;
}

/** What a journal knows of a group, in order of blocks, with records of its own. */
export async function known(directory: string, group = EVERYTHING, draws = DRAWS): Promise<TallyEntry[]> {
  const found: TallyEntry[] = [];
  const tallies = await JournalTallies.open(directory, draws);
  await tallies.load(group, (position, record) => found.push({ position, record: record.slice() }));
  tallies.close();
  return found.sort((a, b) => a.position.block - b.position.block);
}

/** As lines of text, for comparisons. */
export function plain(entries: readonly TallyEntry[]): string[] {
  return entries.map(({ position, record }) => `${Object.values(position)}: ${Buffer.from(record).toString('base64')}`);
}

export function journalFiles(directory: string): string[] {
  return readdirSync(directory).includes('journal') ? readdirSync(join(directory, 'journal')).sort() : [];
}

export function segmentPath(directory: string, number = 1): string {
  return join(directory, 'journal', `${String(number).padStart(6, '0')}.journal`);
}

export function segmentBytes(directory: string, number = 1): Buffer {
  return readFileSync(segmentPath(directory, number));
}
