import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../../../../src/errors.ts';
import { encodeTallies } from '../../../../src/execute/queue/answer.ts';
import { ResultBox } from '../../../../src/execute/queue/result-box.ts';
import { sha256 } from '../../../../src/random/sha256.ts';
import { probeEntries } from '../../../support/journal.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const KEY = 'initsweep:results:plan';
const [ONE, OTHER] = [encodeTallies(probeEntries(0, 2)), encodeTallies(probeEntries(2, 4))];

const reading = (bytes: Buffer) => ({ digest: sha256(bytes), bytes: bytes.length });

describe.runIf(HAS_REDIS)('the results of a sweep', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  beforeEach(() => redis.client.flushall());
  afterAll(() => redis.dispose());

  /** One from which a result was taken, and then removed. */
  async function emptied(): Promise<ResultBox> {
    const box = new ResultBox(redis.client, 'plan', 0);
    await redis.client.hset(KEY, 'task', ONE);
    expect(await box.read('task')).toMatchObject({ digest: sha256(ONE), answer: { kind: 'tallies' } });
    await box.take('task', reading(ONE));
    expect(box.isThere('task')).toBe(true);
    await box.forget();
    expect(await box.survey()).toEqual([]);
    return box;
  }

  it('stay for a while after they were taken', async () => {
    const box = new ResultBox(redis.client, 'plan', 1e6);
    await redis.client.hset(KEY, 'task', ONE);
    await box.take('task', reading(ONE));
    await box.forget();
    await box.inspect('task');
    expect(await box.survey()).toEqual(['task']);
    await box.forget(true);
    expect(await box.survey()).toEqual([]);
  });

  it('stay for less long where there are many', async () => {
    const box = new ResultBox(redis.client, 'plan', 1e6, 2.5 * ONE.length);
    for (const task of ['first', 'second', 'third']) {
      await redis.client.hset(KEY, task, ONE);
      await box.take(task, reading(ONE));
    }
    await box.forget();
    expect([...(await box.survey())].sort()).toEqual(['second', 'third']);
    await box.take('second', reading(ONE));
    await box.forget();
    expect([...(await box.survey())].sort()).toEqual(['second', 'third']);
  });

  it('are heard of once, in the order in which they came', async () => {
    const box = new ResultBox(redis.client, 'plan', 0);
    expect(await box.arrived()).toEqual([]);
    await redis.client.rpush('initsweep:arrivals:plan', 'first', 'second');
    expect(await box.arrived()).toEqual(['first', 'second']);
    expect(await box.arrived()).toEqual([]);
  });

  it('may come a second time, but not with other bytes', async () => {
    const box = await emptied();
    await redis.client.hset(KEY, 'task', ONE);
    await box.inspect('task');
    expect(await box.survey()).toEqual([]);
    await redis.client.hset(KEY, 'task', OTHER);
    await expect(box.inspect('task')).rejects.toThrow(RunError);
    await expect(box.take('task', reading(OTHER))).rejects.toThrow(
      'task task: received two different results from two workers',
    );
  });

  it('that are damaged are no other bytes', async () => {
    const box = await emptied();
    await redis.client.hset(KEY, 'task', OTHER.subarray(0, 30));
    await box.inspect('task');
    expect(await box.survey()).toEqual([]);
  });

  it('may tell of workers that disagree', async () => {
    const box = new ResultBox(redis.client, 'plan', 0);
    await redis.client.hset(KEY, 'task', ONE, 'alarm-s1-b0-8', 'x');
    await expect(box.inspect('alarm-s1-b0-8')).rejects.toThrow('task s1-b0-8');
    // Whoever runs it again knows, once, and trusts nothing.
    await redis.client.hset(KEY, 'late', ONE);
    const next = new ResultBox(redis.client, 'plan', 0);
    expect(await next.distrust()).toBe(true);
    expect(await next.survey()).toEqual([]);
    expect(await next.distrust()).toBe(false);
  });

  it('that differ are told of, and not trusted, where Redis has no memory left', async () => {
    const box = await emptied();
    await redis.client.hset(KEY, 'task', OTHER, 'another', ONE, 'alarm-s1-b0-8', 'x');
    await redis.client.set('more', 'x'.repeat(3e6));
    await redis.client.config('SET', 'maxmemory', '1mb');
    const told = [await box.inspect('alarm-s1-b0-8').catch((error) => error)];
    await redis.client.config('SET', 'maxmemory', '0');
    await redis.client.hset(KEY, 'task', OTHER);
    await redis.client.config('SET', 'maxmemory', '1mb');
    told.push(await box.take('task', reading(OTHER)).catch((error) => error));
    await redis.client.config('SET', 'maxmemory', '0');
    for (const error of told) {
      expect(error).toBeInstanceOf(RunError);
      expect(error.message).toContain('two different results');
    }
    expect(await box.survey()).toEqual(['alarm-s1-b0-8']);
    expect(await new ResultBox(redis.client, 'plan', 0).distrust()).toBe(true);
  });

  it('of an earlier session are left where they are', async () => {
    const box = new ResultBox(redis.client, 'plan', 0);
    await redis.client.hset(KEY, 'task', ONE);
    await box.inspect('task');
    expect(box.isThere('task')).toBe(false);
    expect(await box.survey()).toEqual(['task']);
    expect(box.isThere('task')).toBe(true);
  });

  it('that Redis has lost are not there', async () => {
    const box = new ResultBox(redis.client, 'plan', 1e6);
    await redis.client.hset(KEY, 'task', ONE);
    await box.take('task', reading(ONE));
    await redis.client.del(KEY);
    expect(box.isThere('task')).toBe(true);
    await box.survey();
    expect(box.isThere('task')).toBe(false);
  });
});
