import { SchemaMessageWriter } from './schema-message.ts';

const STORED_RAW = -1n;

/**
 * Mends arrow-js#470: apache-arrow 21.2.0 prefixes a compressed buffer with its compressed length, where the format wants the
 * uncompressed one (−1: stored raw), so Polars rejects the file. The tables are uncompressed; this keeps compression safe to
 * switch on.
 */
export class CompressedLengthWriter extends SchemaMessageWriter {
  protected override _compressBodyBuffers(
    buffers: ArrayBufferView[],
  ): ReturnType<SchemaMessageWriter['_compressBodyBuffers']> {
    const assembled = super._compressBodyBuffers(buffers);
    buffers.forEach((buffer, i) => {
      const prefix = assembled.buffers[2 * i];
      if (prefix === undefined || prefix.byteLength === 0) return;
      const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
      if (view.getBigInt64(0, true) !== STORED_RAW) view.setBigInt64(0, BigInt(buffer.byteLength), true);
    });
    return assembled;
  }
}
