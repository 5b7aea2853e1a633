import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import {
  ESTIMATE_ROWS,
  expectedLists,
  expectedRow,
  NULLS,
  TALLY_ROW,
  TALLY_ROWS,
  typeNames,
} from '../support/table-facts.ts';
import { folder, LABELS, METADATA, writeProbe, writeTallies } from '../support/tables.ts';

const PYTHON = process.env['PYTHON'] ?? 'python3';
const SCRIPT = fileURLToPath(new URL('readers.py', import.meta.url));
/** In the second batch. */
const ROW = 8192 + 10;

const DICTIONARY = (index: string): string => `dictionary<values=string, indices=${index}, ordered=0>`;
const ARROW = {
  f64: 'double',
  u32: 'uint32',
  u64: 'uint64',
  level: DICTIONARY('int16'),
  vocabulary: DICTIONARY('int8'),
};
const PANDAS = { f64: 'float64', u32: 'uint32', u64: 'uint64', level: 'category', vocabulary: 'category' };
const POLARS = { f64: 'Float64', u32: 'UInt32', u64: 'UInt64', level: 'Categorical', vocabulary: 'Categorical' };

/** Whole numbers as strings, as readers.py prints those that are integers there. */
function printed(values: readonly unknown[], integers: (index: number) => boolean): unknown[] {
  return values.map((value, i) => (value !== null && integers(i) ? String(value) : value));
}

test('pyarrow, pandas and Polars read the tables in Python', (context) => {
  const probe = spawnSync(PYTHON, ['-c', 'import pandas, polars, pyarrow'], { encoding: 'utf8' });
  if (probe.status !== 0) {
    const why = probe.error?.message ?? probe.stderr.trim().split('\n').at(-1);
    const line = `${PYTHON} with pyarrow, pandas and polars is needed (pip install pyarrow pandas polars): ${why}`;
    if (process.env['CI'] === 'true') throw new Error(line);
    console.warn(`skipped: ${line}`);
    context.skip(line);
  }
  const path = folder();
  const [estimates, tallies] = [join(path, 'estimates.arrow'), join(path, 'tallies.arrow')];
  writeProbe(estimates, ESTIMATE_ROWS);
  writeTallies(tallies, TALLY_ROWS);
  const found = JSON.parse(
    execFileSync(PYTHON, [SCRIPT, estimates, tallies, String(ROW), String(TALLY_ROW)], { encoding: 'utf8' }),
  );

  const row = printed(expectedRow(ROW), (i) => /^u/.test(ESTIMATE_COLUMNS[i]?.type ?? ''));
  const lists = Object.values(expectedLists()).map((items) => items.map(String));
  const common = { rows: ESTIMATE_ROWS, nulls: NULLS, row, lists };
  expect(found.pyarrow).toMatchObject({
    ...common,
    sameAsStream: true,
    described: true,
    types: typeNames(ARROW),
    nullable: ESTIMATE_COLUMNS.map((column) => column.nullable),
    units: ESTIMATE_COLUMNS.map((column) => column.unit ?? ''),
    metadata: METADATA,
  });
  expect(found.pyarrow.tallyTypes.slice(-4)).toEqual(
    ['int16', 'uint32', 'int64', 'uint64'].map((type) => `list<item: ${type} not null>`),
  );
  expect(found.pandas).toMatchObject({ ...common, types: typeNames(PANDAS), labels: LABELS.initializer });
  expect(found.polars).toMatchObject({
    ...common,
    types: typeNames(POLARS),
    scanned: ESTIMATE_ROWS,
    streamed: ESTIMATE_ROWS,
  });
});
