import type { TableRows } from '../stats/estimate-column.ts';

/** Rows under each other, all column-major over as many columns. */
export function joinRows(columns: number, parts: readonly TableRows[]): TableRows {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const values = new Float64Array(columns * rows);
  let first = 0;
  for (const part of parts) {
    for (let column = 0; column < columns; column++)
      values.set(part.values.subarray(column * part.rows, (column + 1) * part.rows), column * rows + first);
    first += part.rows;
  }
  return { values, rows };
}
