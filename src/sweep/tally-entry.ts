import { crc32 } from 'node:zlib';
import type { TallyPosition } from './groups.ts';

/** A tally and which one it is, as it is kept on a disk and sent between machines. */
export interface TallyEntry {
  readonly position: TallyPosition;
  /** As the experiment makes it: only it knows what the bytes mean. */
  readonly record: Uint8Array;
}

/*
 * As bytes, an entry is, in little-endian u32:
 *
 *   CRC-32 of all that follows · bytes of the record · input · fan-in · shape · block · record
 *
 * The checksum covers the length too, so a hole of zeros, as a crash may leave it, is no entry. Where entries are kept among others,
 * it goes on from a checksum of their owner, so that those of another are none.
 */

/** Bytes of an entry in front of its record. */
export const ENTRY_HEAD = 24;

/** Bytes of the longest entry. A layer's tally has 2¹⁶ bins of 22 bytes at most, a trained network's one number for each thing recorded. */
export const LONGEST_ENTRY = 2 ** 24;

/** An entry in two parts, to be written one after the other; the second one is `record` itself. */
export function encodeEntry(entry: TallyEntry): [head: Uint8Array, record: Uint8Array] {
  return encodeOwnedEntry(0, entry);
}

/** As {@link encodeEntry}. @param owner CRC-32 of whose entry it is */
export function encodeOwnedEntry(
  owner: number,
  { position, record }: TallyEntry,
): [head: Uint8Array, record: Uint8Array] {
  const head = Buffer.alloc(ENTRY_HEAD);
  const { input, fanIn, shape, block } = position;
  [record.byteLength, input, fanIn, shape, block].forEach((value, i) => {
    head.writeUInt32LE(value, 4 * (1 + i));
  });
  head.writeUInt32LE(checksum(owner, head, record));
  return [head, record];
}

/** Bytes of the entry that begins with `head`, not checked but for being possible; null when they are not. */
export function entryBytes(head: Buffer): number | null {
  const bytes = ENTRY_HEAD + head.readUInt32LE(4);
  return bytes <= LONGEST_ENTRY ? bytes : null;
}

/** The entry in `bytes`, all of them; its record is a view. Null when it is damaged, or another's. */
export function decodeEntry(bytes: Buffer, owner = 0): TallyEntry | null {
  // Not a Buffer, whose `slice` would not copy.
  const record = new Uint8Array(bytes.buffer, bytes.byteOffset + ENTRY_HEAD, bytes.byteLength - ENTRY_HEAD);
  if (bytes.readUInt32LE(0) !== checksum(owner, bytes, record)) return null;
  const word = (index: number): number => bytes.readUInt32LE(4 * index);
  return { position: { input: word(2), fanIn: word(3), shape: word(4), block: word(5) }, record };
}

function checksum(owner: number, head: Buffer, record: Uint8Array): number {
  return crc32(record, crc32(head.subarray(4, ENTRY_HEAD), owner));
}
