import type { TableFacts } from './table-file.ts';
import type { TableWriter } from './table-writer.ts';

/** A table that is filled row by row and written batch by batch: how it ends. */
export abstract class BatchedTable {
  protected readonly table: TableWriter;

  constructor(table: TableWriter) {
    this.table = table;
  }

  /** Writes the last batch. A table without rows still gets one: its dictionaries travel with it, and some readers want them. */
  protected abstract finish(): void;

  /** Writes what is left and syncs: all but its name. */
  seal(): TableFacts {
    this.finish();
    return this.table.seal();
  }

  /** Puts the sealed file in its place. */
  place(): void {
    this.table.place();
  }

  /** Both. */
  close(): TableFacts {
    const facts = this.seal();
    this.place();
    return facts;
  }

  /** Removes the temporary file; does nothing after `place`. */
  abort(): void {
    this.table.abort();
  }
}
