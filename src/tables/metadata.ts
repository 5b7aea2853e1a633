/** Facts of the run kept in the schema: run name, seed, plan hash, kernel version. */
export interface TableMetadata {
  readonly [key: string]: string;
}

/** In the order of the keys' code units, so the bytes of a file don't depend on how the object was built. */
export function metadataMap(metadata: TableMetadata): Map<string, string> {
  return new Map(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** A column's words, which travel with it as field metadata. */
export interface ColumnText {
  readonly description: string;
  readonly unit?: string;
  readonly formula?: string;
}

export function columnMetadata({ description, unit, formula }: ColumnText): Map<string, string> {
  const entries = Object.entries({ description, unit, formula });
  return new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
