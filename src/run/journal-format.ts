import { crc32 } from 'node:zlib';

/*
 * A segment of the journal is a header and then entries (`sweep/tally-entry.ts`), each of them one tally.
 *
 *   header  "initswpj" · format version, u32 little-endian · draws, 64 hexadecimal digits
 *
 * The checksum of an entry goes on from that of the header: what a disk gives back of another run's journal is no entry of this one.
 */
const MAGIC = 'initswpj';
const VERSION = 2;

/** How a segment begins that holds tallies of these draws, and how no other one begins. */
export function segmentHeader(draws: string): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt32LE(VERSION);
  return Buffer.concat([Buffer.from(MAGIC, 'latin1'), version, Buffer.from(draws, 'latin1')]);
}

/** Whose entries a segment of these draws holds. */
export function entryOwner(draws: string): number {
  return crc32(segmentHeader(draws));
}
