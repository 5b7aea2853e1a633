import { describe, expect, it } from 'vitest';
import { parseList, type SelectOptions, selectRows } from '../../../src/report/select.ts';
import { estimateRows } from '../../support/estimate-rows.ts';

const TABLE = estimateRows([
  { initializer: 'b', fan_in: 1, z_var: 3 },
  { initializer: 'a', fan_in: 2, z_var: null },
  { initializer: 'b', fan_in: 2, z_var: 1 },
  { initializer: 'a', fan_in: 1, z_var: 3 },
]);

const rows = (options: SelectOptions): number[] => [...selectRows(TABLE, options).rows];

describe('selectRows', () => {
  it('keeps grid order and all columns by itself', () => {
    const selection = selectRows(TABLE);
    expect([...selection.rows]).toEqual([0, 1, 2, 3]);
    expect(selection.columns.map((c) => c.name)).toEqual(TABLE.columns);
  });

  it('sorts by several keys, stably, nulls last in either direction', () => {
    expect(rows({ sort: ['z_var'] })).toEqual([2, 0, 3, 1]);
    expect(rows({ sort: ['-z_var'] })).toEqual([0, 3, 2, 1]);
    expect(rows({ sort: ['initializer', '-fan_in'] })).toEqual([1, 3, 2, 0]);
    expect(rows({ sort: ['-initializer', '+fan_in'] })).toEqual([0, 2, 3, 1]);
  });

  it('limits after filtering and sorting, and says how many matched', () => {
    const selection = selectRows(TABLE, { where: 'z_var is not null', sort: ['-z_var', '-fan_in'], limit: 2 });
    expect([...selection.rows]).toEqual([0, 3]);
    expect(selection.matched).toBe(3);
    expect(rows({ limit: 0 })).toHaveLength(4);
  });

  it('takes columns by name, in the order asked for, once each, and by pattern', () => {
    const names = (columns: string[]): string[] => selectRows(TABLE, { columns }).columns.map((c) => c.name);
    expect(names(['z_var', 'fan_in', 'z_var'])).toEqual(['z_var', 'fan_in']);
    expect(names(['fan_in', 'saturated*'])).toEqual([
      'fan_in',
      ...TABLE.columns.filter((name) => name.startsWith('saturated')),
    ]);
    expect(names(['*_upper'])).toEqual(['saturated_upper']);
  });

  it('suggests the column that was meant', () => {
    expect(() => rows({ columns: ['z_vra'] })).toThrow('--columns: received "z_vra"');
    expect(() => rows({ columns: ['z_vra'] })).toThrow('did you mean "z_var"?');
    expect(() => rows({ sort: ['-fanin'] })).toThrow('did you mean "fan_in"?');
    expect(() => rows({ columns: ['y*'] })).toThrow('no column matches');
  });
});

it('parses lists', () => {
  expect(parseList(' a, b,,c ', '--sort')).toEqual(['a', 'b', 'c']);
  for (const empty of ['', ',,'])
    expect(() => parseList(empty, '--columns')).toThrow(`--columns: received "${empty}"; allowed: names of columns`);
});
