import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunDirectoryError } from '../../../src/errors.ts';
import { reportClaim } from '../../../src/report/claims/claim-report.ts';
import { defaultColumns } from '../../../src/report/default-columns.ts';
import { selectRows } from '../../../src/report/select.ts';
import { readRows } from '../../../src/tables/row-reader.ts';
import { writeFlatTable } from '../../support/flat-table.ts';
import { lastingFolder } from '../../support/tables.ts';

const folder = lastingFolder();
const FACTS = { tests: 0, contradictions: 0, missing: 0 };
const training = join(folder, 'training.arrow');
const arms = join(folder, 'arms.arrow');

// As a training run of zero and small weights might leave it.
writeFlatTable(training, {
  arm: { type: 'labels', values: ['zeros', 'zeros', 'small', 'small'] },
  step: { type: 'u64', values: [0, 1, 0, 1] },
  blocks: { type: 'u32', values: [32, 32, 32, 32] },
  unit_spread: { type: 'f64', values: [0, 0, 0.1, 0.11] },
  unit_spread_mcse: { type: 'f64', values: [0, 0, 0.001, 0.001] },
  rank: { type: 'f64', values: [null, 1, 4, 4] },
});
writeFlatTable(arms, {
  arm: { type: 'labels', values: ['scale 4', 'scale 1', 'scale 16'] },
  scale: { type: 'u32', values: [4, 1, 16] },
  blocks: { type: 'u32', values: [32, 32, 32] },
  steps: { type: 'f64', values: [120, 40, null] },
  steps_mcse: { type: 'f64', values: [3, 1, null] },
  steps_note: { type: 'labels', values: ['ok', 'ok', 'censored'] },
});

describe('a table of any columns', () => {
  it('is read by what its file says', () => {
    const table = readRows(training);
    expect(table.columns).toEqual(['arm', 'step', 'blocks', 'unit_spread', 'unit_spread_mcse', 'rank']);
    expect(table.fields[0]?.values).toEqual(['zeros', 'small']);
    expect(table.labels('arm')).toEqual(['zeros', 'zeros', 'small', 'small']);
    expect(Array.from(table.numbers('step'))).toEqual([0, 1, 0, 1]);
    expect(Array.from(table.numbers('rank'))).toEqual([Number.NaN, 1, 4, 4]);
    expect(() => table.numbers('z_var')).toThrow(RunDirectoryError);
  });

  it('is filtered and shown like any other', () => {
    const table = readRows(training);
    const rows = selectRows(table, { where: 'arm = small and step - 1 = 0' });
    expect(Array.from(rows.rows)).toEqual([3]);
    expect(defaultColumns(table)).toEqual(['arm', 'step', 'unit_spread', 'rank']);
  });

  it('is what expectations of several tables are held against', () => {
    const found = reportClaim(
      {
        claim: null,
        expect: [
          {
            shows: 'claim',
            statistic: 'unit_spread',
            where: 'arm = zeros',
            relation: 'equals',
            value: 0,
            tolerance: 4,
          },
          { shows: 'claim', statistic: 'unit_spread', where: 'arm = small', relation: 'above', value: 0, tolerance: 4 },
          {
            shows: 'claim',
            table: 'arms',
            statistic: 'steps',
            where: 'steps is not null',
            relation: 'increases',
            along: 'scale',
            tolerance: 4,
          },
        ],
      },
      (name) => ({ rows: readRows(name === 'arms' ? arms : training), blocks: 32 }),
      FACTS,
    );
    expect(found.outcomes.map(({ met, rows, worst }) => [met, rows, worst.name])).toEqual([
      [true, 2, 'zeros, step 0'],
      [true, 2, 'small, step 0'],
      [true, 1, 'scale 1 → 4'],
    ]);
    expect(found.verdict).toBe('holds');
  });

  it('never shows what it does not hold', () => {
    const steps = (relation: 'increases' | 'decreases', where?: string) =>
      reportClaim(
        {
          claim: null,
          expect: [
            { shows: 'claim', statistic: 'steps', relation, along: 'scale', tolerance: 4, ...(where ? { where } : {}) },
          ],
        },
        () => ({ rows: readRows(arms), blocks: 32 }),
        FACTS,
      ).outcomes[0];
    expect(steps('increases')).toMatchObject({ met: false, worst: { problem: 'null in the table' } });
    expect(steps('decreases', 'scale < 10')).toMatchObject({ met: false, failed: 1 });
  });
});
