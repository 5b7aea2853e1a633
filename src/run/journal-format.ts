/*
 * A segment of the journal is a header and then entries (`sweep/tally-entry.ts`), each of them one tally.
 *
 *   header  "initswpj" · format version, u32 little-endian · draws, 64 hexadecimal digits
 */
const MAGIC = 'initswpj';
const VERSION = 1;

/** How a segment begins that holds tallies of these draws, and how no other one begins. */
export function segmentHeader(draws: string): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt32LE(VERSION);
  return Buffer.concat([Buffer.from(MAGIC, 'latin1'), version, Buffer.from(draws, 'latin1')]);
}
