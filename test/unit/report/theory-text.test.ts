import { expect, it } from 'vitest';
import { theoryTexts } from '../../../src/report/theory-text.ts';
import { estimateRows } from '../../support/estimate-rows.ts';

it('rounds theory where its estimate is, but not to 0', () => {
  const theories = [0.021234, 0.0004, 0.0000478, -0.0000478, 3e-12, 0];
  const table = estimateRows(
    theories.map((theory) => ({
      saturated: 0.02,
      saturated_mcse: 0.0019,
      saturated_theory: theory,
      saturated_theory_kind: 'gaussian',
    })),
  );
  const rows = Uint32Array.from(theories.keys());
  expect(theoryTexts(table, 'saturated', rows)).toEqual([
    '~0.0212',
    '~0.0004',
    '~0.000048',
    '~-0.000048',
    '~3e-12',
    '~0.0000',
  ]);
});
