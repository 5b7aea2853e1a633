import type { EstimateField } from '../tables/estimate-reader.ts';
import { type EstimateRows, findField, isLabel } from './estimate-rows.ts';
import { formatFixed, formatMeasured, formatNumber, NULL_TEXT } from './number-format.ts';
import type { TextColumn } from './terminal.ts';

/**
 * One column of an estimates table as text. A statistic is shown with its standard error, `0.33341 ± 0.00012`, followed by
 * `?` where the error is flagged unreliable; a share too rare for an error with its upper limit, `0 (≤ 0.000046)`.
 *
 * @param rows row numbers in the table
 */
export function textColumn(table: EstimateRows, field: EstimateField, rows: Uint32Array): TextColumn {
  const title = field.name;
  if (isLabel(field)) {
    const labels = table.labels(field.name);
    return { title, align: 'left', cells: Array.from(rows, (row) => labels[row] ?? NULL_TEXT) };
  }
  const format = formatter(table, field);
  return { title, align: 'decimal', cells: Array.from(rows, format) };
}

type RowText = (row: number) => string;

function formatter(table: EstimateRows, field: EstimateField): RowText {
  const values = table.numbers(field.name);
  const value = (row: number): number => values[row] as number;
  if (field.name.endsWith('_zscore')) return (row) => formatFixed(value(row), 2);
  if (field.name.endsWith('_mcse')) return (row) => formatNumber(value(row), 2);
  if (findField(table, `${field.name}_mcse`) !== undefined) return measured(table, field.name, value);
  if (field.type.startsWith('Uint')) return (row) => formatFixed(value(row), 0);
  return (row) => formatNumber(value(row));
}

function measured(table: EstimateRows, name: string, value: (row: number) => number): RowText {
  const errors = table.numbers(`${name}_mcse`);
  const limits = findField(table, `${name}_upper`) === undefined ? null : table.numbers(`${name}_upper`);
  const notes = findField(table, `${name}_note`) === undefined ? null : table.labels(`${name}_note`);
  return (row) => {
    const error = errors[row] as number;
    const limit = limits?.[row] ?? Number.NaN;
    if (Number.isNaN(error) && !Number.isNaN(limit))
      return `${formatNumber(value(row), 2)} (≤ ${formatNumber(limit, 2)})`;
    return formatMeasured(value(row), error) + (notes?.[row] === 'unreliable' ? ' ?' : '');
  };
}
