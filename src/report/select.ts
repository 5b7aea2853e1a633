import { UsageError } from '../errors.ts';
import type { EstimateField } from '../tables/estimate-reader.ts';
import { type EstimateRows, getField, isLabel } from './estimate-rows.ts';
import { compileFilter } from './filter.ts';

export interface SelectOptions {
  /** The language of {@link compileFilter}; all rows when left out. */
  readonly where?: string | undefined;
  /** Columns to sort by, a minus in front for descending; grid order when left out. */
  readonly sort?: readonly string[] | undefined;
  /** Columns by name or with `*` for any text; all when left out. */
  readonly columns?: readonly string[] | undefined;
  /** Rows at most; 0 or left out for all. */
  readonly limit?: number | undefined;
}

export interface Selection {
  readonly columns: readonly EstimateField[];
  /** Row numbers in the table, in the order to show them. */
  readonly rows: Uint32Array;
  /** Rows that matched before the limit. */
  readonly matched: number;
}

/**
 * `a, b,c` as a list; the form of `--columns` and `--sort`.
 *
 * @param option that the list was given with, for messages
 * @throws UsageError when there is nothing in it
 */
export function parseList(text: string, option: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length > 0) return items;
  throw new UsageError({
    where: option,
    received: JSON.stringify(text),
    allowed: 'names of columns, separated by commas',
    remedy: 'leave it out for the usual ones',
  });
}

/** Picks rows and columns of an estimates table. Sorting is stable, nulls come last in either direction. */
export function selectRows(table: EstimateRows, options: SelectOptions = {}): Selection {
  const columns = resolveColumns(table, options.columns ?? ['*']);
  const compare = comparator(table, options.sort ?? []);
  const matches = options.where === undefined ? () => true : compileFilter(options.where, table);
  let matched = 0;
  const found = new Uint32Array(table.rows);
  for (let row = 0; row < table.rows; row++) if (matches(row)) found[matched++] = row;
  const rows = found.subarray(0, matched);
  if (compare !== null) rows.sort(compare);
  const limit = options.limit === undefined || options.limit === 0 ? matched : options.limit;
  return { columns, rows: rows.slice(0, limit), matched };
}

function resolveColumns(table: EstimateRows, names: readonly string[]): EstimateField[] {
  const chosen = new Set<string>();
  for (const name of names) {
    if (!name.includes('*')) chosen.add(getField(table, name, '--columns').name);
    else {
      const pattern = new RegExp(`^${name.replaceAll(/[^\w*]/g, '\\$&').replaceAll(/\*+/g, '.*')}$`);
      const matching = table.columns.filter((column) => pattern.test(column));
      if (matching.length === 0)
        throw new UsageError({ where: '--columns', received: JSON.stringify(name), remedy: 'no column matches it' });
      for (const column of matching) chosen.add(column);
    }
  }
  return [...chosen].map((name) => getField(table, name, '--columns'));
}

type Compare = (a: number, b: number) => number;

function comparator(table: EstimateRows, keys: readonly string[]): Compare | null {
  if (keys.length === 0) return null;
  const compares = keys.map((key) => {
    const descending = key.startsWith('-');
    const column = getField(table, key.replace(/^[-+]/, ''), '--sort');
    return isLabel(column)
      ? byLabel(table.labels(column.name), descending)
      : byNumber(table.numbers(column.name), descending);
  });
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return a - b;
  };
}

function byNumber(values: Float64Array, descending: boolean): Compare {
  return (a, b) => {
    const [x, y] = [values[a] as number, values[b] as number];
    if (x === y) return 0;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x < y === descending ? 1 : -1;
  };
}

function byLabel(labels: readonly (string | null)[], descending: boolean): Compare {
  return (a, b) => {
    const [x, y] = [labels[a] ?? null, labels[b] ?? null];
    if (x === y) return 0;
    if (x === null || y === null) return x === null ? 1 : -1;
    return x < y === descending ? 1 : -1;
  };
}
