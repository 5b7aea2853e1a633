import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/cli.ts';

/** Rows of a second or two with --quick; memory.test.ts and scale.test.ts run others. */
const ROWS = [
  ...['product', 'normals', 'uniforms', 'independent', 'tally', 'training'],
  ...['reference', 'help', 'smoke', 'memory'],
];

it('the benchmark runs, and finds every answer right', () => {
  const only = ROWS.flatMap((row) => ['--only', row]);
  const command = [join(ROOT, 'bench/main.mjs'), '--quick', '--no-floors', ...only];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: ROOT });
  expect(status, stdout).toBe(0);
  for (const row of ROWS)
    expect(stdout).toMatch(new RegExp(`^${row} .* right {2}(aim met|floor met|MISSED|not judged)$`, 'm'));
  expect(stdout).toContain('rows with a wrong answer: 0');
});
