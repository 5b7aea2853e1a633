import { makeData } from 'apache-arrow/data';
import { CompressionType } from 'apache-arrow/fb/compression-type';
import { RecordBatchReader } from 'apache-arrow/ipc/reader';
import { RecordBatchFileWriter } from 'apache-arrow/ipc/writer';
import { RecordBatch } from 'apache-arrow/recordbatch';
import { Field, Schema } from 'apache-arrow/schema';
import { Float64, Struct } from 'apache-arrow/type';
import { beforeAll, describe, expect, test } from 'vitest';
import { CompressedLengthWriter } from '../../../src/tables/compressed-length.ts';
import { SchemaMessageWriter } from '../../../src/tables/schema-message.ts';
import { StrictSchemaWriter } from '../../../src/tables/strict-schema.ts';
import { registerZstd } from '../../support/zstd.ts';

// Each override has a control with apache-arrow's own writer: when a new version makes a control fail, its override can go.

const ROWS = 64;

function schema(nullable: boolean): Schema {
  return new Schema([new Field('value', new Float64(), nullable)]);
}

function batch(nullable = false, values = new Float64Array(ROWS)): RecordBatch {
  const { fields } = schema(nullable);
  const column = makeData({ type: new Float64(), length: ROWS, nullCount: 0, data: values });
  const data = makeData({ type: new Struct(fields), length: ROWS, nullCount: 0, children: [column] });
  return new RecordBatch(new Schema(fields), data);
}

function written(writer: RecordBatchFileWriter, ...batches: RecordBatch[]): Uint8Array {
  writer.reset(undefined, schema(false));
  for (const one of batches) writer.write(one);
  writer.close();
  return writer.toUint8Array(true);
}

/** Rows that a reader of streams finds behind the eight bytes of magic. */
function streamedRows(file: Uint8Array): number {
  let rows = 0;
  for (const { numRows } of RecordBatchReader.from(file.subarray(8))) rows += numRows;
  return rows;
}

describe('the schema message (arrow-js#51)', () => {
  test('a file without its magic is a stream', () => {
    expect(streamedRows(written(new SchemaMessageWriter(), batch()))).toBe(ROWS);
  });

  test('control: without the override it is not', () => {
    expect(() => streamedRows(written(new RecordBatchFileWriter(), batch()))).toThrow();
  });
});

describe('the length before a compressed buffer (arrow-js#470)', () => {
  beforeAll(registerZstd);

  /** The prefix of the only buffer, whose `stored` bytes end the body, eight bytes (end of stream) before the footer. */
  function prefix(Writer: typeof RecordBatchFileWriter, values: Float64Array<ArrayBuffer>, stored: number): bigint {
    const file = written(new Writer({ compressionType: CompressionType.ZSTD }), batch(false, values));
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const footerBytes = view.getInt32(file.byteLength - 10, true);
    return view.getBigInt64(file.byteLength - 10 - footerBytes - 8 - Math.ceil(stored / 8) * 8 - 8, true);
  }
  const zeros = new Float64Array(ROWS);
  const varied = Float64Array.from(zeros, (_, i) => i / 3);
  const ZEROS_STORED = 13;

  test('is the uncompressed one', () => {
    expect(prefix(CompressedLengthWriter, zeros, ZEROS_STORED)).toBe(BigInt(zeros.byteLength));
  });

  test('control: without the override it is the compressed one', () => {
    expect(prefix(RecordBatchFileWriter, zeros, ZEROS_STORED)).toBe(BigInt(ZEROS_STORED));
  });

  test('stays −1 where a buffer is stored raw', () => {
    expect(prefix(CompressedLengthWriter, varied, varied.byteLength)).toBe(-1n);
  });
});

describe('a batch of another schema (arrow-js#388)', () => {
  test('is refused, and says which column', () => {
    const writer = new StrictSchemaWriter();
    expect(() => written(writer, batch(), batch(true), batch())).toThrow(
      'Arrow batch: received column value: Float64 or null; allowed: column value: Float64;',
    );
  });

  test('the right one passes', () => {
    expect(streamedRows(written(new StrictSchemaWriter(), batch(), batch()))).toBe(2 * ROWS);
  });

  test('control: without the override the rows from there on are lost', () => {
    const writer = new SchemaMessageWriter();
    writer.reset(undefined, schema(false));
    writer.write(batch());
    writer.write(batch(true));
    expect(() => streamedRows(writer.toUint8Array(true))).not.toThrow();
    expect(streamedRows(writer.toUint8Array(true))).toBe(ROWS);
  });
});
