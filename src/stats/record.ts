import type { Tally } from './tally.ts';

/**
 * A tally as bytes, little-endian, as kernels write it and the arena keeps it: u32 bins, u32 count, f32 min, f32 max,
 * f64 × 4 power sums, then per bin Σr (i64), Σr² (u64), counts (u32), bins (i16). Starts at a multiple of 8.
 */
export const RECORD_HEADER = 48;

/** Bytes of a record with `bins` occupied bins. */
export function recordBytes(bins: number): number {
  return RECORD_HEADER + 22 * bins;
}

/** Whether bytes are as long as the number of bins in them says; kernels may pad a record to a multiple of 8 bytes. */
export function isRecord(bytes: Uint8Array): boolean {
  if (bytes.byteLength < RECORD_HEADER) return false;
  const bins = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const padding = bytes.byteLength - recordBytes(bins);
  return padding >= 0 && padding < 8;
}

/** The tally whose record starts at byte `offset` (a multiple of 8) of `buffer`; its arrays are views, nothing is copied. */
export function readRecord(buffer: ArrayBufferLike, offset: number): Tally {
  const head = new DataView(buffer, offset, RECORD_HEADER);
  const bins = head.getUint32(0, true);
  const sums = offset + RECORD_HEADER;
  return {
    count: head.getUint32(4, true),
    min: head.getFloat32(8, true),
    max: head.getFloat32(12, true),
    powers: new Float64Array(buffer, offset + 16, 4),
    sums: new BigInt64Array(buffer, sums, bins),
    squares: new BigUint64Array(buffer, sums + 8 * bins, bins),
    counts: new Uint32Array(buffer, sums + 16 * bins, bins),
    bins: new Int16Array(buffer, sums + 20 * bins, bins),
  };
}

/** The record of a tally: the inverse of {@link readRecord}. */
export function writeRecord(tally: Tally): Uint8Array<ArrayBuffer> {
  const bins = tally.bins.length;
  const buffer = new ArrayBuffer(recordBytes(bins));
  new Uint32Array(buffer, 0, 2).set([bins, tally.count]);
  new Float32Array(buffer, 8, 2).set([tally.min, tally.max]);
  new Float64Array(buffer, 16, 4).set(tally.powers);
  new BigInt64Array(buffer, RECORD_HEADER, bins).set(tally.sums);
  new BigUint64Array(buffer, RECORD_HEADER + 8 * bins, bins).set(tally.squares);
  new Uint32Array(buffer, RECORD_HEADER + 16 * bins, bins).set(tally.counts);
  new Int16Array(buffer, RECORD_HEADER + 20 * bins, bins).set(tally.bins);
  return new Uint8Array(buffer, 0, recordBytes(bins));
}

/** The tally of `count` zeros: what weights that are all zero give. */
export function zeroTally(count: number): Tally {
  const half = 2 ** 18;
  return {
    count,
    min: 0,
    max: 0,
    powers: new Float64Array(4),
    bins: Int16Array.of(0),
    counts: Uint32Array.of(count),
    sums: BigInt64Array.of(BigInt(-half * count)),
    squares: BigUint64Array.of(BigInt(half * half * count)),
  };
}
