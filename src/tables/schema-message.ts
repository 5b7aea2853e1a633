import type { Schema } from './arrow.ts';
import { RecordBatchFileWriter, RecordBatchWriter } from './arrow.ts';

const encodeSchema: (this: RecordBatchWriter, schema: Schema) => unknown = Reflect.get(
  RecordBatchWriter.prototype,
  '_writeSchema',
);

/**
 * Mends arrow-js#51: the file writer of apache-arrow 21.2.0 leaves out the Schema message, which the format wants right after the
 * magic bytes (a file is a stream between magics), so stream readers fail.
 */
export class SchemaMessageWriter extends RecordBatchFileWriter {
  protected override _writeSchema(schema: Schema): this {
    super._writeSchema(schema);
    encodeSchema.call(this, schema);
    return this;
  }
}
