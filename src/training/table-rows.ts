/** Rows of a table: column-major over its columns, NaN for null. */
export interface TableRows {
  readonly values: Float64Array;
  readonly rows: number;
}

/** The records of one arm in block order; null where a block failed. */
export type ArmRecords = readonly (Float64Array | null)[];
