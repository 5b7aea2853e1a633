import { basename } from 'node:path';
import { RunError } from '../errors.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import type { EstimateColumn } from '../stats/estimate-column.ts';
import { BatchedTable } from './batched-table.ts';
import { type ColumnBuffer, columnBuffer } from './column-buffer.ts';
import { type EstimateLabels, estimateCodecs, estimateSchema } from './estimate-schema.ts';
import type { TableMetadata } from './metadata.ts';
import { TableWriter } from './table-writer.ts';

/** Rows of a batch: fixed, so the bytes don't depend on how rows arrive. */
const BATCH_ROWS = 8192;

/**
 * Writes a table of estimates. The file appears under `path` at `place`, whole; until then, and after any
 * failure, there is at most a temporary file beside it. Memory is one batch, whatever the number of rows.
 */
export class EstimateWriter extends BatchedTable {
  readonly #path: string;
  readonly #columns: readonly ColumnBuffer[];
  #filled = 0;
  #rows = 0;

  /**
   * @param labels of the levels, indexed by the values of their columns, by the name of the column
   * @param columns of the table: those of `estimates.arrow` by default
   * @throws RunError when the file can't be made, or labels repeat or exceed 32767
   */
  constructor(
    path: string,
    labels: EstimateLabels,
    metadata: TableMetadata,
    columns: readonly EstimateColumn[] = ESTIMATE_COLUMNS,
  ) {
    const codecs = estimateCodecs(columns, labels, BATCH_ROWS);
    super(new TableWriter(path, estimateSchema(columns, codecs, metadata)));
    this.#path = path;
    this.#columns = codecs.map((codec) => columnBuffer(codec, BATCH_ROWS));
  }

  /**
   * @param values column-major over the columns: value of column c in row r at `c·rows + r`; NaN is null. Copied.
   * @throws RunError on a NaN in a column without nulls, a value its column can't hold, or a failing disk; the table is then gone
   */
  append(values: Float64Array, rows: number): void {
    this.table.guard(() => {
      if (values.length !== rows * this.#columns.length)
        throw new RunError({
          where: `rows of ${basename(this.#path)}`,
          received: `${values.length} values for ${rows} rows`,
          allowed: `${this.#columns.length} values a row`,
        });
      for (let done = 0; done < rows; ) {
        const count = Math.min(rows - done, BATCH_ROWS - this.#filled);
        this.#columns.forEach((column, c) => {
          column.fill(values, c * rows + done, count, this.#filled, this.#rows);
        });
        done += count;
        this.#filled += count;
        this.#rows += count;
        if (this.#filled === BATCH_ROWS) this.#flush();
      }
    });
  }

  protected override finish(): void {
    if (this.#filled > 0 || this.#rows === 0) this.#flush();
  }

  #flush(): void {
    this.table.writeBatch(
      this.#columns.map((column) => column.data(this.#filled)),
      this.#filled,
    );
    this.#filled = 0;
  }
}
