import { expect, it } from 'vitest';
import { textColumn } from '../../../src/report/cells.ts';
import { getField } from '../../../src/report/estimate-rows.ts';
import { type EstimateCells, estimateRows } from '../../support/estimate-rows.ts';

function cellsOf(column: string, rows: readonly EstimateCells[]): readonly string[] {
  const table = estimateRows(rows);
  return textColumn(table, getField(table, column, 'test'), Uint32Array.from(rows.keys())).cells;
}

it('shows a statistic with its error, flagged where it is not to be trusted', () => {
  expect(
    cellsOf('z_var', [
      { z_var: 1 / 3, z_var_mcse: 0.0012 },
      { z_var: 1 / 3, z_var_mcse: 0.0012, z_var_note: 'unreliable' },
      { z_var: 1 / 3, z_var_note: 'infinite' },
      { z_var: null },
    ]),
  ).toEqual(['0.3333 ± 0.0012', '0.3333 ± 0.0012 ?', '0.333333', '–']);
});

it('shows a rare share with its upper limit', () => {
  expect(
    cellsOf('saturated', [
      { saturated: 0, saturated_upper: 0.0000457, saturated_note: 'rare' },
      { saturated: 0.5, saturated_mcse: 0.01, saturated_upper: null },
    ]),
  ).toEqual(['0 (≤ 0.000046)', '0.500 ± 0.010']);
});

it('shows levels, counts, errors and z-scores each in their way', () => {
  const row = { input: 'normal', fan_in: 4096, samples: 1048576, beta: 0.1467799267622069, z_var_mcse: 0.00123456 };
  const rows = [{ ...row, z_var_zscore: -1.2345, z_var_theory: 1 / 3, z_var_theory_kind: 'exact' }];
  const shown = [
    'input',
    'fan_in',
    'samples',
    'beta',
    'z_var_mcse',
    'z_var_zscore',
    'z_var_theory',
    'z_var_theory_kind',
  ];
  expect(shown.flatMap((column) => cellsOf(column, rows))).toEqual([
    'normal',
    '4096',
    '1048576',
    '0.14678',
    '0.0012',
    '-1.23',
    '0.333333',
    'exact',
  ]);
});
