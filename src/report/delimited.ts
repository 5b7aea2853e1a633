import { type EstimateRows, isLabel } from './estimate-rows.ts';
import type { Selection } from './select.ts';

type Value = number | string | null;

/** Reads the selected columns once; then one value after another, at full precision. */
function readers(table: EstimateRows, selection: Selection): ((row: number) => Value)[] {
  return selection.columns.map((field) => {
    if (isLabel(field)) {
      const labels = table.labels(field.name);
      return (row) => labels[row] ?? null;
    }
    const numbers = table.numbers(field.name);
    return (row) => {
      const value = numbers[row] as number;
      return Number.isNaN(value) ? null : value;
    };
  });
}

/** RFC 4180 with a header; null is an empty field, numbers have all their digits. */
export function* csvLines(table: EstimateRows, selection: Selection): Generator<string> {
  const columns = readers(table, selection);
  yield selection.columns.map((field) => csvField(field.name)).join(',');
  for (const row of selection.rows) yield columns.map((read) => csvField(read(row))).join(',');
}

function csvField(value: Value): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One JSON array, a row object a line. JSON has no infinity: an infinite value becomes the string `"Infinity"`. */
export function* jsonLines(table: EstimateRows, selection: Selection): Generator<string> {
  const columns = readers(table, selection);
  const names = selection.columns.map((field) => JSON.stringify(field.name));
  let separator = '[';
  for (const row of selection.rows) {
    const values = columns.map((read, i) => `${names[i]}:${jsonValue(read(row))}`);
    yield `${separator}{${values.join(',')}}`;
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

function jsonValue(value: Value): string {
  return JSON.stringify(typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
}
