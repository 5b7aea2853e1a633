import { type RowField, type RowTable, readRows } from './row-reader.ts';

export type EstimateField = RowField;

/** `estimates.arrow`, opened. */
export type EstimateTable = RowTable;

/** Opens `estimates.arrow`. @throws RunDirectoryError when it is missing or damaged */
export function readEstimates(path: string): EstimateTable {
  return readRows(path);
}
