import type { EstimateField, EstimateTable } from '../tables/estimate-reader.ts';

/** A table of estimates in memory: it outlives its file. */
export class KeptEstimates implements EstimateTable {
  readonly rows: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  readonly fields: readonly EstimateField[];
  readonly #table: EstimateTable;
  readonly #numbers: ReadonlyMap<string, Float64Array>;

  /** @param table is read to its end, and for the names of columns only thereafter */
  constructor(table: EstimateTable) {
    this.rows = table.rows;
    this.metadata = table.metadata;
    this.columns = table.columns;
    this.fields = table.fields;
    this.#table = table;
    this.#numbers = new Map(table.columns.map((name) => [name, table.numbers(name)]));
  }

  numbers(name: string): Float64Array {
    // A name that is not there is refused as the file's table does it, without reading.
    return this.#numbers.get(name)?.slice() ?? this.#table.numbers(name);
  }

  labels(name: string): readonly (string | null)[] {
    const values = this.fields.find((field) => field.name === name)?.values;
    const indices = this.#numbers.get(name);
    if (values === undefined || indices === undefined) return this.#table.labels(name);
    return Array.from(indices, (index) => (Number.isNaN(index) ? null : (values[index] ?? null)));
  }
}
