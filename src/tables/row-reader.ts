import { RunDirectoryError } from '../errors.ts';
import type { Field } from './arrow.ts';
import { DataType } from './arrow.ts';
import { ArrowFile, type BatchLayout } from './arrow-file.ts';
import { damagedTable } from './disk-error.ts';
import { copyNumbers, flatValues, isFlat } from './flat-column.ts';
import type { ColumnText } from './metadata.ts';

/** What the file says of one column. */
export interface RowField extends ColumnText {
  readonly name: string;
  /** Arrow's name: `Float64`, `Uint32`, `Uint64`, `Dictionary<Int16, Utf8>`… */
  readonly type: string;
  readonly nullable: boolean;
  /** Of a dictionary column: its labels, in the order of their indices. */
  readonly values?: readonly string[];
}

/** A table of flat columns, such as `estimates.arrow` or `layers.arrow`, opened: facts at once, columns read from the file when asked for. */
export interface RowTable {
  readonly rows: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  readonly fields: readonly RowField[];
  /**
   * A fresh copy of a column as doubles, one a row; NaN where null, indices for a dictionary column.
   * @throws RunDirectoryError on a name that isn't there, or a file that was replaced meanwhile
   */
  numbers(name: string): Float64Array;
  /** The labels of a dictionary column, one a row. Throws like `numbers`, and on other columns. */
  labels(name: string): readonly (string | null)[];
}

/** Opens a table of flat columns, whichever they are: the file says. @throws RunDirectoryError when it is missing or damaged */
export function readRows(path: string): RowTable {
  const file = new ArrowFile(path);
  try {
    const dictionaries = file.dictionaries();
    return new FileRows(file, dictionaries);
  } finally {
    file.close();
  }
}

class FileRows implements RowTable {
  readonly rows: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  readonly fields: readonly RowField[];
  readonly #path: string;
  readonly #identity: string;
  readonly #types: readonly DataType[];
  readonly #layouts: readonly BatchLayout[];

  constructor(file: ArrowFile, dictionaries: ReadonlyMap<number, readonly string[]>) {
    const { fields, metadata } = file.schema;
    this.#path = file.path;
    this.#identity = file.identity;
    this.#types = fields.map((field) => field.type);
    this.#layouts = Array.from({ length: file.batches }, (_, i) => file.batch(i));
    this.rows = this.#layouts.reduce((sum, layout) => sum + layout.rows, 0);
    this.metadata = metadata;
    const odd = fields.find(({ type }) => !isFlat(type));
    if (odd !== undefined) throw notFlat(file.path, odd);
    this.fields = fields.map((field) => describeField(field, dictionaries));
    this.columns = this.fields.map((field) => field.name);
  }

  numbers(name: string): Float64Array {
    const column = this.#column(name);
    const out = new Float64Array(this.rows);
    const file = new ArrowFile(this.#path);
    try {
      if (file.identity !== this.#identity) throw damagedTable(this.#path, 'another file than the one opened before');
      let at = 0;
      for (const layout of this.#layouts) {
        this.#read(file, layout, column, out, at);
        at += layout.rows;
      }
    } finally {
      file.close();
    }
    return out;
  }

  labels(name: string): readonly (string | null)[] {
    const { values } = this.fields[this.#column(name)] as RowField;
    if (values === undefined) throw this.#unknown(name, 'a column of labels');
    return Array.from(this.numbers(name), (index) => (Number.isNaN(index) ? null : (values[index] ?? null)));
  }

  /** All columns are flat, so column c has node c and buffers 2c (validity) and 2c + 1 (values). */
  #read(file: ArrowFile, layout: BatchLayout, column: number, out: Float64Array, at: number): void {
    const node = layout.nodes[column];
    const validity = layout.buffers[2 * column];
    const region = layout.buffers[2 * column + 1];
    const type = this.#types[column];
    if (!node || !validity || !region || !type) throw damagedTable(this.#path, `a batch without column ${column}`);
    const values = flatValues(type, file.read(region));
    if (values === null || values.length < layout.rows || node.length !== layout.rows)
      throw damagedTable(this.#path, `column ${column} of ${type}`);
    const nulls = copyNumbers(values, validity.length > 0 ? file.read(validity) : null, layout.rows, out, at);
    if (nulls !== node.nullCount)
      throw damagedTable(this.#path, `${nulls} nulls in column ${column}, not ${node.nullCount}`);
    const labels = this.fields[column]?.values?.length ?? Number.POSITIVE_INFINITY;
    if (
      labels < Number.POSITIVE_INFINITY &&
      out.subarray(at, at + layout.rows).some((index) => index < 0 || index >= labels)
    )
      throw damagedTable(this.#path, `column ${column} with indices beyond its ${labels} labels`);
  }

  #column(name: string): number {
    const column = this.columns.indexOf(name);
    if (column < 0) throw this.#unknown(name, 'a column of the table (see docs/tables.md)');
    return column;
  }

  #unknown(name: string, allowed: string): RunDirectoryError {
    return new RunDirectoryError({ where: this.#path, received: `the column name ${name}`, allowed });
  }
}

/** `tallies.arrow`, or a table of another program. */
function notFlat(path: string, { name }: Field): RunDirectoryError {
  return new RunDirectoryError({
    where: path,
    received: `a table with lists or other nested values (column ${name})`,
    allowed: 'a table of numbers and labels, such as estimates.arrow',
    remedy: 'read it with a library for Arrow, such as pyarrow or Polars',
  });
}

function describeField(field: Field, dictionaries: ReadonlyMap<number, readonly string[]>): RowField {
  const { name, type, nullable, metadata } = field;
  const text = Object.fromEntries(
    ['unit', 'formula'].flatMap((key) => (metadata.has(key) ? [[key, metadata.get(key)]] : [])),
  );
  const values = DataType.isDictionary(type) ? { values: dictionaries.get(type.id) ?? [] } : {};
  return { name, type: String(type), nullable, description: metadata.get('description') ?? '', ...text, ...values };
}
