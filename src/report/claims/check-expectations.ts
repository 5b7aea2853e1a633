import type { Problem } from '../../config/problems.ts';
import { UsageError } from '../../errors.ts';
import { experimentOf, planOf } from '../../experiment/plan-of.ts';
import type { Expectations } from '../../model/expect-spec.ts';
import type { Spec } from '../../model/experiment-spec.ts';
import type { EstimateColumn } from '../../stats/estimate-column.ts';
import type { EstimateRows } from '../estimate-rows.ts';
import { compileExpectation } from './evaluate.ts';

/**
 * What is wrong with expectations beside the tables that a sweep will have: unknown columns and labels, syntax. Each problem is at its
 * key, with the column of the expression.
 */
export function checkExpectations({ expect }: Expectations, spec: Spec): readonly Problem[] {
  if (expect.length === 0) return [];
  const { tables, labelsOf } = experimentOf({ spec });
  const labels = labelsOf(planOf(spec));
  const empty = tables.map(({ name, columns }) => ({ name, table: emptyTable(columns, labels) }));
  return expectationProblems(
    expect,
    (wanted) => empty.find(({ name }) => wanted === null || name === wanted)?.table ?? null,
  );
}

/** As {@link checkExpectations}, for any tables: by name, the main one by null; null for one that only its file can tell. */
export function expectationProblems(
  expect: Expectations['expect'],
  tableOf: (name: string | null) => EstimateRows | null,
): readonly Problem[] {
  return expect.flatMap((one, i) => {
    const table = tableOf(one.table ?? null);
    try {
      if (table !== null) compileExpectation(one, `expect[${i}]`, table);
      return [];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return error.parts.map((parts) => atItsKey(parts, i));
    }
  });
}

/** `expect[2].where, column 5` is a path, and a place in what is there. */
function atItsKey({ where = '', ...parts }: UsageError['parts'][number], index: number): Problem {
  const [, key, detail] = /^expect\[\d+\]\.(\w+)(?:, (.*))?$/.exec(where) ?? [];
  const path = key === undefined ? ['expect', index] : ['expect', index, key];
  return detail === undefined ? { ...parts, path } : { ...parts, path, detail };
}

const TYPES = { f64: 'Float64', u32: 'Uint32', u64: 'Uint64', dictionary: 'Dictionary<Int16, Utf8>' } as const;

/** A table with these columns and no rows. @param labels of the columns whose words come from the sweep */
export function emptyTable(
  columns: readonly EstimateColumn[],
  labels: Readonly<Record<string, readonly string[]>>,
): EstimateRows {
  return {
    rows: 0,
    columns: columns.map(({ name }) => name),
    fields: columns.map(({ name, type, nullable, description, values }) => ({
      name,
      type: TYPES[type],
      nullable,
      description,
      ...(type === 'dictionary' ? { values: values ?? labels[name] ?? [] } : {}),
    })),
    numbers: () => new Float64Array(0),
    labels: () => [],
  };
}
