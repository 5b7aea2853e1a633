import { UsageError } from '../../errors.ts';
import type { ExpectSpec } from '../../model/expect-spec.ts';
import { type EstimateRows, findField, isLabel } from '../estimate-rows.ts';
import { compileFilter } from '../filter.ts';
import { checkLabels } from '../filter-labels.ts';
import { badness, type Compared, type Judged, judgeRow, judgeStep } from './judge.ts';
import { compileMeasured, compileWanted, type Measured } from './measured.ts';
import { rowNames } from './row-names.ts';
import { errorLimit } from './tolerance.ts';

/** A table of the run, and the blocks behind its errors where it has no column of them. */
export interface ClaimTable {
  readonly rows: EstimateRows;
  readonly blocks: number;
}

/** What became of one expectation. */
export interface Outcome {
  readonly expect: ExpectSpec;
  /** Rows, or steps along the axis, that were looked at. */
  readonly rows: number;
  readonly failed: number;
  readonly met: boolean;
  /** Standard errors that `score` is held against: the tolerance, for so many blocks and rows. */
  readonly limit: number;
  /** The row nearest to failing, or furthest beyond. */
  readonly worst: Judged;
}

/**
 * Holds rows of a table against an expectation. Pure.
 *
 * A tolerance allows more errors the fewer blocks they come from ({@link errorLimit}). `equals` is contradicted by any one row that is
 * too far off, so it allows more for many rows as well. The other relations, and `equals` with `within`, have to be shown in every
 * row; that needs no correction, as all rows have to pass (an intersection–union test, Berger 1982). Along an axis two errors add up, which is right whatever draws the rows share.
 *
 * @param at names the expectation in messages: `expect[2]`
 * @throws UsageError for an expression that does not fit the table, no matching row, or an axis with fewer than two or repeated levels
 */
export function evaluateExpectation(expect: ExpectSpec, at: string, { rows: table, blocks }: ClaimTable): Outcome {
  const compiled = compileExpectation(expect, at, table);
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter(compiled.matches);
  if (rows.length === 0)
    throw new UsageError({
      where: expect.where === undefined ? at : `${at}.where`,
      received: expect.where ?? 'all rows',
      allowed: 'an expression that some row of the table matches',
      remedy: `none of its ${table.rows} rows does`,
    });
  const { measured, wanted, within, axis } = compiled;
  const fewest = fewestBlocks(table, rows) ?? blocks;
  if (axis !== null) {
    const limit = errorLimit(expect.tolerance, fewest);
    const judged = stepsAlong(rows, axis, expect, at).map(([before, after]) =>
      judgeStep(expect, measured(before), measured(after), `${expect.along} ${axis[before]} → ${axis[after]}`, limit),
    );
    return outcome(expect, judged, limit);
  }
  const names = rowNames(table);
  const compared = rows.map((row) => ({
    ...measured(row),
    name: names(row),
    wanted: wanted?.(row) ?? Number.NaN,
    margin: within?.(row) ?? null,
  }));
  const contradicted = expect.relation === 'equals' && within === null;
  const limit = errorLimit(expect.tolerance, fewest, contradicted ? distinct(compared) : 1);
  return outcome(
    expect,
    compared.map((row) => judgeRow(expect, row, limit)),
    limit,
  );
}

/** Comparisons that differ: z is the same in the cells of every activation and slope. */
function distinct(rows: readonly Compared[]): number {
  return new Set(rows.map(({ value, error, wanted }) => `${value} ${error} ${wanted}`)).size;
}

type NumberOf = (row: number) => number;

interface Compiled {
  readonly matches: (row: number) => boolean;
  readonly measured: (row: number) => Measured;
  readonly wanted: NumberOf | null;
  readonly within: NumberOf | null;
  readonly axis: Float64Array | null;
}

/** Resolves everything that an expectation says of a table. Needs no rows; throws like {@link evaluateExpectation}. */
export function compileExpectation(expect: ExpectSpec, at: string, table: EstimateRows): Compiled {
  const { where, statistic, value, within, along } = expect;
  const matches = where === undefined ? () => true : compileFilter(where, table, `${at}.where`);
  if (where !== undefined) checkLabels(where, table, `${at}.where`);
  return {
    matches,
    measured: compileMeasured({ text: statistic, option: `${at}.statistic` }, table),
    wanted: value === undefined ? null : compileWanted(value, `${at}.value`, table),
    within: within === undefined ? null : compileWanted(within, `${at}.within`, table),
    axis: along === undefined ? null : axisOf(along, at, table),
  };
}

/** Blocks behind the errors of rows, at least; null where the table does not say. */
function fewestBlocks(table: EstimateRows, rows: readonly number[]): number | null {
  if (findField(table, 'blocks') === undefined) return null;
  const counts = table.numbers('blocks');
  return rows.reduce((least, row) => Math.min(least, counts[row] as number), Number.POSITIVE_INFINITY);
}

function axisOf(name: string, at: string, table: EstimateRows): Float64Array {
  const field = findField(table, name);
  if (field !== undefined && !isLabel(field) && !field.nullable) return table.numbers(name);
  const wrong = field === undefined ? null : isLabel(field) ? 'holds labels' : 'may be null';
  throw new UsageError({
    where: `${at}.along`,
    received: JSON.stringify(name),
    allowed: 'a number column of the table without nulls',
    remedy: wrong === null ? `columns are ${table.columns.join(', ')}` : `${name} ${wrong}`,
  });
}

function stepsAlong(
  rows: readonly number[],
  axis: Float64Array,
  { along }: ExpectSpec,
  at: string,
): [number, number][] {
  const ordered = rows.toSorted((a, b) => (axis[a] as number) - (axis[b] as number));
  const steps = ordered.slice(1).map((after, i): [number, number] => [ordered[i] as number, after]);
  const repeated = steps.find(([before, after]) => axis[before] === axis[after]);
  if (steps.length > 0 && repeated === undefined) return steps;
  throw new UsageError({
    where: `${at}.where`,
    received: repeated === undefined ? `one row` : `several rows at ${along} ${axis[repeated[0]]}`,
    allowed: `two or more levels of ${along}, each once`,
    remedy: repeated === undefined ? 'match more rows' : 'match one level of every other axis',
  });
}

function outcome(expect: ExpectSpec, judged: readonly Judged[], limit: number): Outcome {
  const failed = judged.filter(({ met }) => !met);
  const candidates = failed.length > 0 ? failed : judged;
  const worst = candidates.reduce((a, b) => (badness(expect, b, limit) > badness(expect, a, limit) ? b : a));
  return { expect, rows: judged.length, failed: failed.length, met: failed.length === 0, limit, worst };
}
