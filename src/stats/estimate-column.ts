/**
 * A column of a table of estimates. Rows in flight are one column-major `Float64Array` over this list; NaN stands
 * for null there (and only there: the table holds nulls). Dictionary columns hold the index into their dictionary.
 */
export interface EstimateColumn {
  readonly name: string;
  readonly type: 'f64' | 'u32' | 'u64' | 'dictionary';
  /** For dictionary columns: the fixed values, or null where they come from the sweep (labels of its levels). */
  readonly values?: readonly string[] | null;
  readonly nullable: boolean;
  readonly description: string;
  readonly unit?: string;
  readonly formula?: string;
}

/** Rows of one table in flight. */
export interface TableRows {
  readonly values: Float64Array;
  readonly rows: number;
}

/** A column of labels, which come from the levels of an axis of the sweep. */
export function levelColumn(name: string, description: string): EstimateColumn {
  return { name, type: 'dictionary', values: null, nullable: false, description };
}

/** A column of whole numbers. */
export function countColumn(
  name: string,
  type: 'u32' | 'u64',
  description: string,
  unit: string = 'count',
): EstimateColumn {
  return { name, type, nullable: false, description, unit };
}

/** A column of numbers that the config sets, or that follow from it. */
export function settingColumn(name: string, description: string, unit: string = '1'): EstimateColumn {
  return { name, type: 'f64', nullable: false, description, unit };
}
