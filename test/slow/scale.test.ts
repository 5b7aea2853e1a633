import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from '../support/cli.ts';
import { HAS_REDIS } from '../support/redis.ts';

it.runIf(HAS_REDIS)('the load of a queue is measured with results that all arrive', () => {
  const command = ['run', '--silent', 'bench:scale', '--', '--quick'];
  const { status, stdout, stderr } = spawnSync('npm', command, { cwd: ROOT, encoding: 'utf8', timeout: 300_000 });
  expect(status, stderr).toBe(0);
  const [head = [], , ...rows] = stdout
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(2, -2).split(' | '));
  expect(rows).toHaveLength(1);
  const found = Object.fromEntries(head.map((name, i) => [name, Number(rows[0]?.[i])]));
  expect(Object.values(found).filter(Number.isFinite)).toHaveLength(head.length);
  // 4 groups of 64 blocks of 4 inputs and 13 fan-ins, whose tallies have some 11.5 kB each.
  const tallies = 4 * 64 * 4 * 13;
  expect(found).toMatchObject({ workers: 20, tallies });
  const bytes = (1e6 * (found['tasks'] as number) * (found['MB/task'] as number)) / tallies;
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(13_000);
  // The bytes went into Redis once and out of it once, but for what is not results.
  for (const way of ['in', 'out'])
    expect((found[`MB ${way}/task`] as number) / (found['MB/task'] as number)).toBeCloseTo(1, 1);
});
