import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSweep, sweepsOf, workersOf } from '../../../../src/execute/queue/roster.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const SWEEP = { name: 'one', kernel: '1', host: 'here', pid: 1, age: 2, done: 3, pending: 4, failed: 5 };

describe.runIf(HAS_REDIS)('reports of workers and sweeps', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.dispose());

  it('are there while they are fresh', async () => {
    const [seconds] = await redis.client.time();
    const stale = (age: number) => JSON.stringify({ ...SWEEP, seen: Number(seconds) - age });
    const other = (age: number) => JSON.stringify({ seen: Number(seconds) - age, of: 'another version' });
    await redis.client.hset('initsweep:sweeps', { silent: stale(60), forgotten: stale(4_000) });
    await redis.client.hset('initsweep:sweeps', { other: other(0), longGone: other(4_000) });
    await reportSweep(redis.client, 'fresh', SWEEP);
    const found = await sweepsOf(redis.client);
    expect([...found.keys()]).toEqual(['fresh']);
    expect(found.get('fresh')).toMatchObject(SWEEP);
    expect((await redis.client.hkeys('initsweep:sweeps')).sort()).toEqual(['fresh', 'other', 'silent']);
    expect((await workersOf(redis.client)).size).toBe(0);
  });

  it('move no terminal', async () => {
    await reportSweep(redis.client, 'hostile', { ...SWEEP, name: 'a\u001b[2Jb\u0007\n' });
    expect((await sweepsOf(redis.client)).get('hostile')?.name).toBe('a�[2Jb��');
  });
});
