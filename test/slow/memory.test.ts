import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { initsweep, ROOT } from '../support/cli.ts';

// Rows of the benchmark measure the peak of a whole process (VmHWM), check what it computed, and have these goals.
it.each([
  ['memory-gold-rule', 'the main job takes at most 300 MB', '--quick'],
  ['memory-flat', 'sixteen times the samples take at most 1.2 times the memory', '--quick'],
  ['million-cells', 'a million cells take at most 1.5 GB'],
])('%s: %s', (row, _, ...flags) => {
  const command = [join(ROOT, 'bench/main.mjs'), '--only', row, ...flags];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: ROOT });
  expect(stdout).toContain('floor met: 1');
  expect(status, stdout).toBe(0);
  if (row !== 'memory-gold-rule') return;
  // And what plan says of it.
  const measured = Number(/^ {2}([\d.]+) MB$/m.exec(stdout)?.[1]);
  const foretold = Number(/memory +about (\d+) MB/.exec(initsweep('plan', 'configs/gold-rule.yaml').stdout)?.[1]);
  expect(foretold / measured).toBeGreaterThan(1 / 2);
  expect(foretold / measured).toBeLessThan(2);
});
