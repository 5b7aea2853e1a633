import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { modelsReference } from '../../../src/model/reference.ts';
import { ESTIMATE_COLUMNS } from '../../../src/stats/columns.ts';
import { tablesReference } from '../../../src/tables/reference.ts';
import { TALLY_COLUMNS } from '../../../src/tables/tally-columns.ts';

test('docs/tables.md is up to date (npm run docs:tables)', () => {
  expect(readFileSync(new URL('../../../docs/tables.md', import.meta.url), 'utf8')).toBe(tablesReference());
});

test('docs/models.md is up to date (npm run docs:models)', () => {
  expect(readFileSync(new URL('../../../docs/models.md', import.meta.url), 'utf8')).toBe(modelsReference());
});

test('the reference has a line a column, of six cells', () => {
  const lines = tablesReference().split('\n');
  for (const { name } of [...ESTIMATE_COLUMNS, ...TALLY_COLUMNS]) {
    const line = lines.find((text) => text.startsWith(`| \`${name}\` |`));
    expect(line?.split(/(?<!\\)\|/), name).toHaveLength(8);
  }
});
