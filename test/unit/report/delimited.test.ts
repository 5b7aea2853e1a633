import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvLines, jsonLines } from '../../../src/report/delimited.ts';
import { selectRows } from '../../../src/report/select.ts';
import { estimateRows } from '../../support/estimate-rows.ts';

const TABLE = estimateRows([
  {
    input: 'empirical("a,b".csv)',
    fan_in: 3,
    samples: 2 ** 53 - 1,
    z_var: 1 / 3,
    z_kurt_theory: Number.POSITIVE_INFINITY,
  },
  { input: 'normal', fan_in: 4, samples: 1, z_var: null, z_var_note: 'infinite' },
]);
const SELECTION = selectRows(TABLE, { columns: ['input', 'samples', 'z_var', 'z_var_note', 'z_kurt_theory'] });

it('writes CSV that reads back exactly', () => {
  const records: unknown = parse([...csvLines(TABLE, SELECTION)].join('\n'), { columns: true });
  expect(records).toEqual([
    {
      input: 'empirical("a,b".csv)',
      samples: '9007199254740991',
      z_var: String(1 / 3),
      z_var_note: '',
      z_kurt_theory: 'Infinity',
    },
    { input: 'normal', samples: '1', z_var: '', z_var_note: 'infinite', z_kurt_theory: '' },
  ]);
});

it('writes JSON that reads back exactly', () => {
  expect(JSON.parse([...jsonLines(TABLE, SELECTION)].join('\n'))).toEqual([
    {
      input: 'empirical("a,b".csv)',
      samples: 2 ** 53 - 1,
      z_var: 1 / 3,
      z_var_note: null,
      z_kurt_theory: 'Infinity',
    },
    { input: 'normal', samples: 1, z_var: null, z_var_note: 'infinite', z_kurt_theory: null },
  ]);
});

it('writes an empty array for no rows', () => {
  const none = selectRows(TABLE, { where: 'fan_in = 5' });
  expect([...jsonLines(TABLE, none)]).toEqual(['[]']);
});
