import { RunError } from '../errors.ts';
import type { Field } from './arrow.ts';
import { compareFields, compareSchemas, RecordBatch } from './arrow.ts';
import { CompressedLengthWriter } from './compressed-length.ts';

/**
 * Mends arrow-js#388: given a batch of another schema (a nullable flag is enough), the writer of apache-arrow 21.2.0 closes the
 * file without a word and drops the rows. Here that throws.
 */
export class StrictSchemaWriter extends CompressedLengthWriter {
  override write(batch: RecordBatch): void {
    if (!(batch instanceof RecordBatch)) throw new TypeError('one record batch at a time');
    const schema = this._schema;
    if (schema === null || !compareSchemas(schema, batch.schema)) {
      const expected = schema?.fields ?? [];
      const odd = batch.schema.fields.findIndex((field, i) => !expected[i] || !compareFields(expected[i], field));
      throw new RunError({
        where: 'Arrow batch',
        received: odd < 0 ? `${batch.schema.fields.length} columns` : describe(batch.schema.fields[odd]),
        allowed: odd < 0 ? `${expected.length} columns` : describe(expected[odd]),
        remedy: 'this is a fault of initsweep: please report it',
      });
    }
    super.write(batch);
  }
}

function describe(field: Field | undefined): string {
  return field === undefined ? 'no column here' : `column ${field}${field.nullable ? ' or null' : ''}`;
}
