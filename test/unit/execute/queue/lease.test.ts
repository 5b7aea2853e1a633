import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../../../../src/errors.ts';
import { thisProcess } from '../../../../src/execute/process-identity.ts';
import { Lease } from '../../../../src/execute/queue/lease.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const KEY = 'initsweep:coordinator:plan';
/** Milliseconds of a lease: no test waits longer for one. */
const TIME = 400;

describe.runIf(HAS_REDIS)('the lease of a sweep', () => {
  let redis: TestRedis;
  const lease = () => new Lease(redis.client, 'plan', TIME);

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  beforeEach(() => redis.client.flushall());
  afterAll(() => redis.dispose());

  it('is had by one at a time', async () => {
    const [first, second] = [lease(), lease()];
    await first.take();
    const renewing = setInterval(() => void first.renew(), TIME / 4);
    await expect(second.take()).rejects.toThrow(RunError);
    await expect(second.renew()).rejects.toThrow(`process ${process.pid} on`);
    clearInterval(renewing);
    await first.release();
    await second.take();
    expect(await first.isHeld()).toBe(false);
    // Too late: it is another's.
    await first.release();
    expect(await redis.client.exists(KEY)).toBe(1);
    await expect(first.renew()).rejects.toThrow('one coordinator for a sweep');
  });

  it('ends by itself when nobody renews it', async () => {
    await lease().take();
    await lease().take();
  });

  it('of a process that has died is free at once', async () => {
    const { pid } = spawnSync('true');
    const dead = { ...thisProcess(), pid, startedAt: '1', nonce: 'x' };
    await redis.client.set(KEY, JSON.stringify(dead), 'PX', 1e6);
    await lease().take();
  });

  it('is taken again when Redis has forgotten it', async () => {
    const own = lease();
    await own.take();
    expect(await own.renew()).toBe(true);
    await redis.client.flushall();
    expect(await own.renew()).toBe(false);
    await own.claim();
    expect(await own.renew()).toBe(true);
  });
});
