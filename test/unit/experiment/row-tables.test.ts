import { expect, it } from 'vitest';
import { experimentOf } from '../../../src/experiment/plan-of.ts';
import { ROW_TABLES } from '../../../src/model/expect-spec.ts';

it.each(Object.entries(ROW_TABLES))('%s leaves the tables that expectations know of: %j', (experiment, names) => {
  const { tables } = experimentOf({ spec: { experiment: experiment as keyof typeof ROW_TABLES } });
  expect(tables.map(({ name }) => name)).toEqual(names);
});
