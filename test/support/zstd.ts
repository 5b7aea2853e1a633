import { CompressionType } from 'apache-arrow/fb/compression-type';
import { compressionRegistry } from 'apache-arrow/ipc/compression/registry';

const MAGIC = 0xfd2fb528;
/** Single segment, content size in four bytes (RFC 8878, 3.1.1.1.1). */
const DESCRIPTOR = 0xa0;
const LARGEST_BLOCK = 128 * 1024;

/** A Zstandard frame (RFC 8878) of one block: one byte repeated where all are equal, else as they are. */
function zstdFrame(bytes: Uint8Array): Uint8Array {
  if (bytes.length > LARGEST_BLOCK) throw new RangeError('one block only');
  const same = bytes.every((byte) => byte === bytes[0]);
  const frame = Buffer.alloc(12 + (same ? 1 : bytes.length));
  frame.writeUInt32LE(MAGIC, 0);
  frame.writeUInt8(DESCRIPTOR, 4);
  frame.writeUInt32LE(bytes.length, 5);
  frame.writeUIntLE(1 | (same ? 2 : 0) | (bytes.length << 3), 9, 3);
  frame.set(same ? bytes.subarray(0, 1) : bytes, 12);
  return frame;
}

/** Gives apache-arrow a codec to write with; Node 20 has no Zstandard of its own. */
export function registerZstd(): void {
  compressionRegistry.set(CompressionType.ZSTD, { encode: zstdFrame });
}
