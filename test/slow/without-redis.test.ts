import { execFileSync, spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, scratch } from '../support/cli.ts';

const PROGRAMS = ['node', 'npm', 'which', 'sh'];
const SUITES = ['test/e2e/queue', 'test/unit/execute/queue'];

it('tests pass without Redis, and one line says what is left out', () => {
  const path = scratch();
  for (const name of PROGRAMS)
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(path, name));
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  // Nothing of this run's own environment: neither CI nor what Vitest has set.
  const env = { PATH: path, HOME: path, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', ...SUITES], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  const said = stdout + stderr;
  expect(status, said).toBe(0);
  expect(said.split('\n').filter((line) => /left out/.test(line))).toEqual([
    'not here, and their tests are left out: Redis, Valkey, GNU parallel, Slurm',
  ]);
  expect(said).toMatch(/Tests +\d+ passed \| \d+ skipped/);
});
