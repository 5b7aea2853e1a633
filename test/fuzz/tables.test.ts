import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from '@uwdata/flechette';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { defaultColumns } from '../../src/report/default-columns.ts';
import { csvLines } from '../../src/report/delimited.ts';
import { selectRows } from '../../src/report/select.ts';
import { readEstimates } from '../../src/tables/estimate-reader.ts';
import { readTallies, readTallyHeader } from '../../src/tables/tally-reader.ts';
import { cases, damage, damaged, outcomeOf, peakMemory, Tally } from '../support/hostile.ts';
import { lastingFolder, writeProbe, writeTallies } from '../support/tables.ts';

const path = lastingFolder();
const estimates = join(path, 'estimates.arrow');
const tallies = join(path, 'tallies.arrow');
writeProbe(estimates, 300, 100);
writeTallies(tallies, 60);
const [estimateBytes, tallyBytes] = [readFileSync(estimates), readFileSync(tallies)];
const file = join(path, 'damaged.arrow');

afterAll(() => {
  expect(peakMemory()).toBeLessThan(1500);
});

function readAllEstimates(file: string) {
  const table = readEstimates(file);
  const columns = table.fields.map(({ name, values }) => ({
    name,
    values: values === undefined ? Array.from(table.numbers(name)) : table.labels(name),
  }));
  const selection = selectRows(table, { columns: defaultColumns(table), limit: 20 });
  expect([...csvLines(table, selection)].length).toBeLessThanOrEqual(21);
  return { rows: table.rows, columns };
}

/** A number as our readers give it. */
const asNumber = (value: unknown): unknown =>
  value === null ? Number.NaN : typeof value === 'bigint' ? Number(value) : value;

test('damaged estimates are refused, or read as every other reader reads them', async () => {
  const seen = new Tally();
  await fc.assert(
    fc.asyncProperty(damage, async (harm) => {
      const bytes = damaged(estimateBytes, harm);
      writeFileSync(file, bytes);
      const outcome = await outcomeOf(() => readAllEstimates(file));
      seen.count(outcome);
      if (outcome.refusal !== null) return;
      const other = tableFromIPC(bytes, { useBigInt: true });
      expect(outcome.value.rows).toBe(other.numRows);
      outcome.value.columns.forEach(({ values }, c) => {
        const theirs = Array.from(other.getChildAt(c) as Iterable<unknown>);
        const labels = values.some((value) => typeof value === 'string');
        const expected = labels ? theirs : theirs.map(asNumber);
        // To compare tens of thousands of numbers in the manner of `expect` would take most of the time.
        const same = values.length === expected.length && values.every((value, i) => Object.is(value, expected[i]));
        if (!same) expect(values, outcome.value.columns[c]?.name).toEqual(expected);
      });
    }),
    cases(20, 400),
  );
  expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(20);
});

test('damaged tallies are refused, or read as every other reader reads them', async () => {
  const seen = new Tally();
  await fc.assert(
    fc.asyncProperty(damage, async (harm) => {
      const bytes = damaged(tallyBytes, harm);
      writeFileSync(file, bytes);
      const outcome = await outcomeOf(() => ({ header: readTallyHeader(file), rows: [...readTallies(file)] }));
      seen.count(outcome);
      if (outcome.refusal !== null) return;
      const { rows, header } = outcome.value;
      const other = tableFromIPC(bytes, { useBigInt: true });
      expect(rows.length).toBe(other.numRows);
      expect(header.rows).toBe(rows.length);
      const columns = other.names.map((_, c) => Array.from(other.getChildAt(c) as Iterable<unknown>));
      rows.forEach(({ shape, input, fanIn, block, centre, tally }, row) => {
        const { count, powers, min, max, bins, counts, sums, squares } = tally;
        const lists = [bins, counts, sums, squares].map((list) => Array.from(list as ArrayLike<unknown>));
        expect([
          header.labels.shape[shape],
          header.labels.input[input],
          fanIn,
          block,
          count,
          centre,
          ...powers,
          min,
          max,
          ...lists,
        ]).toEqual(
          columns.map((column, c) => {
            const value = column[row];
            return c === 4 ? Number(value) : c > 11 ? Array.from(value as ArrayLike<unknown>) : value;
          }),
        );
      });
    }),
    cases(21, 400),
  );
  expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(20);
});
