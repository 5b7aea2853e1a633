import type { EstimateRows } from '../../src/report/estimate-rows.ts';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import type { EstimateField } from '../../src/tables/estimate-reader.ts';
import { EstimateWriter } from '../../src/tables/estimate-writer.ts';

/** Cells by column name; a column that is left out is null, or 1 where it may not be. */
export type EstimateCells = Readonly<Record<string, number | string | null>>;

const LEVELS = ['initializer', 'input', 'activation'] as const;

function labelsOf(cells: readonly EstimateCells[], column: string): string[] {
  return [...new Set(cells.map((row) => String(row[column] ?? 'none')))];
}

/** One column as doubles: labels as indices, NaN for null. */
function numbersOf(cells: readonly EstimateCells[], field: (typeof ESTIMATE_COLUMNS)[number]): Float64Array {
  const values = field.type === 'dictionary' ? (field.values ?? labelsOf(cells, field.name)) : null;
  return Float64Array.from(cells, (row) => {
    const cell = row[field.name] ?? null;
    if (values !== null) return cell === null ? (field.nullable ? Number.NaN : 0) : values.indexOf(String(cell));
    return cell === null ? (field.nullable ? Number.NaN : 1) : Number(cell);
  });
}

/** An estimates table in memory. */
export function estimateRows(cells: readonly EstimateCells[]): EstimateRows {
  const types = { f64: 'Float64', u32: 'Uint32', u64: 'Uint64', dictionary: 'Dictionary<Int16, Utf8>' } as const;
  const fields = ESTIMATE_COLUMNS.map((column): EstimateField => {
    const values = column.type === 'dictionary' ? (column.values ?? labelsOf(cells, column.name)) : null;
    const { name, nullable, description } = column;
    return { name, type: types[column.type], nullable, description, ...(values === null ? {} : { values }) };
  });
  const numbers = (name: string): Float64Array => {
    const column = ESTIMATE_COLUMNS.find((c) => c.name === name);
    if (column === undefined) throw new Error(`no column ${name}`);
    return numbersOf(cells, column);
  };
  return {
    rows: cells.length,
    columns: fields.map((field) => field.name),
    fields,
    numbers,
    labels: (name) => {
      const values = fields.find((field) => field.name === name)?.values;
      if (values === undefined) throw new Error(`no labels in ${name}`);
      return Array.from(numbers(name), (index) => (Number.isNaN(index) ? null : (values[index] ?? null)));
    },
  };
}

/** The same table as a file. */
export function writeEstimateRows(path: string, cells: readonly EstimateCells[]): void {
  const [initializer, input, activation] = LEVELS.map((column) => labelsOf(cells, column)) as [
    string[],
    string[],
    string[],
  ];
  const writer = new EstimateWriter(path, { initializer, input, activation }, {});
  const values = new Float64Array(ESTIMATE_COLUMNS.length * cells.length);
  ESTIMATE_COLUMNS.forEach((column, c) => {
    values.set(numbersOf(cells, column), c * cells.length);
  });
  writer.append(values, cells.length);
  writer.close();
}
