import { UsageError } from '../../errors.ts';
import { columnsIn, compileNumber, type NumberTerm, parseNumber } from '../arithmetic.ts';
import { type EstimateRows, findField } from '../estimate-rows.ts';
import type { Source } from '../filter-tokens.ts';

/** One row of what a run measured. */
export interface Measured {
  /** NaN where the table holds a null. */
  readonly value: number;
  /** Standard error; 0 for what has none, such as a count or an extreme of the sample; NaN where the table withholds it. */
  readonly error: number;
  /** Upper 95% limit where events were too rare for an error, else NaN. */
  readonly upper: number;
  /** Why there is no error to rely on, else null. */
  readonly note: string | null;
}

/** The columns of a term that have a standard error. */
function estimatedIn(term: NumberTerm, rows: Pick<EstimateRows, 'fields'>): string[] {
  return [...columnsIn(term)].filter((name) => findField(rows, `${name}_mcse`) !== undefined);
}

/**
 * Compiles a statistic of a table with its error. Of arithmetic over columns one may have a standard error, which goes through as
 * the larger of what the result changes from value to value ± mcse: exact where it is linear in the value, and not 0 at the bottom
 * of a square or an absolute value, where the two sides are alike.
 *
 * @throws UsageError pointing into the expression, or where two columns have errors: a table says nothing of how they go together
 */
export function compileMeasured(source: Source, rows: EstimateRows): (row: number) => Measured {
  const term = parseNumber(source, rows);
  const [name, other] = estimatedIn(term, rows);
  const value = compileNumber(term, rows);
  if (name === undefined) return (row) => ({ value: value(row), error: 0, upper: Number.NaN, note: null });
  if (other !== undefined)
    throw new UsageError({
      where: source.option,
      received: `${name} and ${other}, whose errors are not independent`,
      allowed: 'one column with a standard error',
      remedy: 'a difference that is meant has a column of its own, or compare each with a number',
    });
  const mcse = rows.numbers(`${name}_mcse`);
  const alone = term.kind === 'column';
  const error = alone ? (row: number) => mcse[row] as number : propagated(term, rows, name);
  const limits = alone && findField(rows, `${name}_upper`) !== undefined ? rows.numbers(`${name}_upper`) : null;
  const notes = findField(rows, `${name}_note`) !== undefined ? rows.labels(`${name}_note`) : null;
  return (row) => ({
    value: value(row),
    error: error(row),
    upper: limits?.[row] ?? Number.NaN,
    note: notes?.[row] ?? null,
  });
}

function propagated(term: NumberTerm, rows: EstimateRows, name: string): (row: number) => number {
  const at = compileNumber(term, rows);
  const [above, below] = [compileNumber(term, shifted(rows, name, 1)), compileNumber(term, shifted(rows, name, -1))];
  return (row) => Math.max(Math.abs(above(row) - at(row)), Math.abs(at(row) - below(row)));
}

/** The table with one column moved by its error. */
function shifted(rows: EstimateRows, name: string, sign: 1 | -1): Pick<EstimateRows, 'numbers'> {
  return {
    numbers: (column) => {
      const values = rows.numbers(column);
      if (column !== name) return values;
      const mcse = rows.numbers(`${name}_mcse`);
      return values.map((value, row) => value + sign * (mcse[row] as number));
    },
  };
}

/**
 * Compiles what a statistic is compared with: a number, or arithmetic over columns without errors. Those are exact, but for the extremes
 * of a sample (`z_absmax`, `loss_gap`), which are taken for what they are: numbers of this sample.
 * @throws UsageError pointing into the expression, or where a column has a standard error
 */
export function compileWanted(value: number | string, option: string, rows: EstimateRows): (row: number) => number {
  if (typeof value === 'number') return () => value;
  const term = parseNumber({ text: value, option }, rows);
  const [name] = estimatedIn(term, rows);
  if (name !== undefined)
    throw new UsageError({
      where: option,
      received: `${name}, which has a standard error`,
      allowed: 'numbers and columns that have none, such as axes and theory',
      remedy: 'compare the difference with 0, where the table has a column of it',
    });
  return compileNumber(term, rows);
}
