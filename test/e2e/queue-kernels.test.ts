import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { workersOf } from '../../src/execute/queue/roster.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { ROOT, scratch } from '../support/cli.ts';
import { startWorker, tasksThat } from '../support/queue.ts';
import { FaultSuite } from '../support/queued-run.ts';
import { HAS_REDIS } from '../support/redis.ts';

describe.runIf(HAS_REDIS)('a worker of another kernel version', () => {
  const suite = new FaultSuite();
  const copy = scratch();
  const helpers = join(copy, 'test/support');

  beforeAll(() => {
    cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
    mkdirSync(helpers, { recursive: true });
    for (const file of ['package.json', 'test/support/queue-worker.mjs']) cpSync(join(ROOT, file), join(copy, file));
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const kernel = join(copy, 'dist/src/kernel/kernel.js');
    const ours = readFileSync(kernel, 'utf8');
    const theirs = ours.replace(`KERNEL_VERSION = '${KERNEL_VERSION}'`, "KERNEL_VERSION = 'other'");
    expect(theirs).not.toBe(ours);
    writeFileSync(kernel, theirs);
  });

  it('does nothing of a sweep, says why, and leaves it to one of the right version', async () => {
    const other = await startWorker(suite.redis.url, {}, helpers);
    const run = suite.start();
    const needed = `waiting for one of kernel version ${KERNEL_VERSION}`;
    await expect
      .poll(() => run.notes, { timeout: 10_000 })
      .toContainEqual(expect.stringContaining(`only workers of kernel version other at this queue: ${needed}`));
    await other.says(`sweep small is refused: it needs kernel version ${KERNEL_VERSION}, and this worker has other`);
    const right = await startWorker(suite.redis.url);
    await suite.sound(run);
    expect(tasksThat('begins', [other])).toEqual([]);
    expect(tasksThat('begins', [right])).not.toEqual([]);
    const theirs = [...(await workersOf(suite.redis.client)).values()].filter(({ kernel }) => kernel === 'other');
    expect(theirs).toMatchObject([{ pid: other.child.pid, done: 0, failed: 0 }]);
    other.child.kill('SIGTERM');
    expect(await other.ended).toBe(0);
  });
});
