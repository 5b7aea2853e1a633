import type { Schema } from './arrow.ts';
import { type Data, makeData, RecordBatch, Struct } from './arrow.ts';
import { FileSink } from './file-sink.ts';
import { StrictSchemaWriter } from './strict-schema.ts';
import { type TableFacts, TableFile } from './table-file.ts';

/**
 * One Arrow file of a fixed schema, batch by batch, under its name only when whole. After a failure the temporary file is gone
 * and the writer is of no more use.
 */
export class TableWriter {
  readonly #file: TableFile;
  readonly #arrow = new StrictSchemaWriter();
  readonly #schema: Schema;
  #rows = 0;
  #batches = 0;

  constructor(path: string, schema: Schema) {
    this.#schema = schema;
    this.#file = new TableFile(path);
    this.guard(() => this.#arrow.reset(new FileSink(this.#file), schema));
  }

  /** Whether a batch was written. */
  get begun(): boolean {
    return this.#batches > 0;
  }

  /** @param columns one a field, `rows` long; their buffers may be reused afterwards */
  writeBatch(columns: Data[], rows: number): void {
    this.guard(() => {
      const type = new Struct(this.#schema.fields);
      this.#arrow.write(
        new RecordBatch(this.#schema, makeData({ type, length: rows, nullCount: 0, children: columns })),
      );
    });
    this.#rows += rows;
    this.#batches++;
  }

  /** Writes the footer and syncs the file, still under its temporary name. */
  seal(): TableFacts {
    this.guard(() => this.#arrow.close());
    return { ...this.#file.seal(), rows: this.#rows };
  }

  /** Gives the sealed file its name. */
  place(): void {
    this.#file.place();
  }

  abort(): void {
    this.#file.abort();
  }

  /** Runs `work`; the temporary file doesn't outlive its failure. */
  guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#file.abort();
      throw error;
    }
  }
}
