import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../support/cli.ts';

it('npm run bench with an unknown option exits with 2, and says what there is', () => {
  const args = [join(ROOT, 'bench/main.mjs'), '--onyl', 'product'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain("Unknown option '--onyl'");
  expect(stderr).toContain('--no-floors');
  expect(stdout).toBe('');
});
