import { expect, it } from 'vitest';
import { ESTIMATE_COLUMNS } from '../../../src/stats/columns.ts';

const columnsOf = (statistic: string): string[] =>
  ESTIMATE_COLUMNS.flatMap(({ name }) => (name === statistic || name.startsWith(`${statistic}_`) ? [name] : []));

it('an extreme of the sample stands alone: without error, theory, z-score or note', () => {
  expect(columnsOf('z_absmax')).toEqual(['z_absmax']);
});

it('every other statistic has an error, a theory with its kind, a z-score and a note', () => {
  const parts = ['', '_mcse', '_theory', '_theory_kind', '_zscore', '_note'];
  for (const statistic of ['z_mean', 'z_p50', 'a_var', 'chi_backward'])
    expect(columnsOf(statistic)).toEqual(parts.map((part) => statistic + part));
});
