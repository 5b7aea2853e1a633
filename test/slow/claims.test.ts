import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/cli.ts';

it('documents every claim as a run of it finds it (npm run docs:claims)', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/claims-document.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(readFileSync(join(ROOT, 'docs/claims.md'), 'utf8'));
  expect(stdout).not.toContain('not as expected');
});
