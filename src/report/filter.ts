import { didYouMean } from '../config/suggest.ts';
import { compileNumber } from './arithmetic.ts';
import { type EstimateRows, findField } from './estimate-rows.ts';
import { type Comparison, type Filter, parseFilter } from './filter-parser.ts';
import { expressionError, type Source } from './filter-tokens.ts';

/** Three-valued truth, as in SQL: and = min, or = max, not = 1 − x; a comparison with null is neither. */
type Truth = 0 | 0.5 | 1;
type Test = (row: number) => Truth;

/** Numbers this near, relative to each other, are equal: an axis computes its levels (10^(k/24)), a reader types them. */
const SAME = 1e-9;

/**
 * Compiles an expression, as `--where` takes it, into a predicate over the rows of a table.
 *
 * Comparisons `= == != < <= > >=` between numbers, number columns and what `+ - * /`, `abs`, `sqrt`, `exp` and `log` make of them;
 * `=` and `!=` between label columns and labels, quoted or bare; `in (…)`, `like` with `*` or `%` for any text, `is null`; `and`,
 * `or`, `not`, parentheses.
 * Numbers are equal within 1e-9 relative. A comparison with null is neither true nor false, and its row is left out.
 *
 * @param option that the expression was given with, for messages
 * @throws UsageError pointing at the column of the expression, for syntax, unknown columns and unknown labels
 */
export function compileFilter(text: string, rows: EstimateRows, option = '--where'): (row: number) => boolean {
  const source: Source = { text, option };
  const test = compile(parseFilter(source, rows.fields), rows, source);
  return (row) => test(row) === 1;
}

function compile(filter: Filter, rows: EstimateRows, source: Source): Test {
  switch (filter.kind) {
    case 'and': {
      const [left, right] = [compile(filter.left, rows, source), compile(filter.right, rows, source)];
      return (row) => Math.min(left(row), right(row)) as Truth;
    }
    case 'or': {
      const [left, right] = [compile(filter.left, rows, source), compile(filter.right, rows, source)];
      return (row) => Math.max(left(row), right(row)) as Truth;
    }
    case 'not': {
      const inner = compile(filter.inner, rows, source);
      return (row) => (1 - inner(row)) as Truth;
    }
    case 'labelNull': {
      const labels = rows.labels(filter.column);
      return (row) => (labels[row] === null ? 1 : 0);
    }
    case 'numberNull': {
      const value = compileNumber(filter.term, rows);
      return (row) => (Number.isNaN(value(row)) ? 1 : 0);
    }
    case 'compare': {
      const [left, right] = [compileNumber(filter.left, rows), compileNumber(filter.right, rows)];
      const holds = COMPARE[filter.operator];
      return (row) => verdict(left(row), right(row), holds);
    }
    case 'numbers': {
      const term = compileNumber(filter.term, rows);
      return (row) => {
        const value = term(row);
        return Number.isNaN(value) ? 0.5 : filter.values.some((other) => same(value, other)) ? 1 : 0;
      };
    }
    case 'labels':
      return oneOf(filter, rows, source);
    case 'like': {
      const pattern = wildcard(filter.pattern);
      return labelTest(rows.labels(filter.column), (label) => pattern.test(label));
    }
  }
}

function same(a: number, b: number): boolean {
  // A difference from an infinity is one, which no share of it tells apart.
  return a === b || (Number.isFinite(a - b) && Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b)));
}

const COMPARE: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '=': same,
  '!=': (a, b) => !same(a, b),
  '<': (a, b) => a < b && !same(a, b),
  '<=': (a, b) => a < b || same(a, b),
  '>': (a, b) => a > b && !same(a, b),
  '>=': (a, b) => a > b || same(a, b),
};

function verdict(a: number, b: number, holds: (a: number, b: number) => boolean): Truth {
  return Number.isNaN(a) || Number.isNaN(b) ? 0.5 : holds(a, b) ? 1 : 0;
}

function labelTest(labels: readonly (string | null)[], holds: (label: string) => boolean): Test {
  // A column repeats few labels: decide once for each.
  const known = new Map<string | null | undefined, Truth>([[null, 0.5]]);
  return (row) => {
    const label = labels[row];
    let truth = known.get(label);
    if (truth === undefined) {
      truth = holds(label as string) ? 1 : 0;
      known.set(label, truth);
    }
    return truth;
  };
}

function oneOf(filter: Filter & { kind: 'labels' }, rows: EstimateRows, source: Source): Test {
  const labels = rows.labels(filter.column);
  const levels = findField(rows, filter.column)?.values ?? [];
  for (const { text, label, at } of filter.values)
    if (!levels.includes(label))
      throw expressionError(source, at, {
        received: JSON.stringify(text),
        allowed: `labels of ${filter.column}: ${levels.join(', ')}`,
        remedy: didYouMean(text, levels),
      });
  const wanted = new Set(filter.values.map(({ label }) => label));
  return labelTest(labels, (label) => wanted.has(label));
}

/** What a pattern of `like` matches. */
export function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/[*%]+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}
