import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeFailure, encodeTallies } from '../../../../src/execute/queue/answer.ts';
import { Delivery, WHOLE } from '../../../../src/execute/queue/delivery.ts';
import { fieldOf, type QueueJob } from '../../../../src/execute/queue/job.ts';
import { PIECE } from '../../../../src/execute/queue/upload.ts';
import { probeEntries } from '../../../support/journal.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const PLAN = 'a'.repeat(64);
const RANGES = { inputs: [0, 1], fanIns: [0, 1], blocks: [0, 2] } as const;
const JOB: QueueJob = { kind: 'simulate', kernel: '1', plan: PLAN, band: 1, ...RANGES };
const [RESULTS, ARRIVALS] = [`initsweep:results:${PLAN}`, `initsweep:arrivals:${PLAN}`];
const [ONE, OTHER] = [encodeTallies(probeEntries(0, 2)), encodeTallies(probeEntries(2, 4))];
const FAILURE = encodeFailure({ name: 'Error', message: 'no memory', parts: [], stack: undefined });

describe.runIf(HAS_REDIS)('a result that a worker leaves', () => {
  const notes: string[] = [];
  let redis: TestRedis;
  let delivery: Delivery;

  beforeAll(async () => {
    redis = await TestRedis.start();
    delivery = new Delivery(redis.client, (note) => void notes.push(note));
  });
  beforeEach(async () => {
    notes.length = 0;
    await redis.client.flushall();
  });
  afterAll(() => redis.dispose());

  const there = () => redis.client.hgetBuffer(RESULTS, fieldOf(JOB));
  const arrivals = () => redis.client.lrange(ARRIVALS, 0, -1);

  it('is there, with word of it, for a day', async () => {
    expect(await delivery.delivered(JOB)).toBeNull();
    await delivery.leave(JOB, ONE);
    expect(await there()).toEqual(ONE);
    expect(await delivery.delivered(JOB)).toEqual(ONE);
    expect(await arrivals()).toEqual([fieldOf(JOB)]);
    for (const key of [RESULTS, ARRIVALS]) expect(await redis.client.ttl(key)).toBeGreaterThan(86_000);
  });

  it.each([
    ['small', ONE],
    ['large', Buffer.alloc(WHOLE + 2.5 * PIECE, 7)],
  ])('may come twice: %s', async (_, bytes) => {
    await delivery.leave(JOB, bytes);
    expect((await there())?.equals(bytes)).toBe(true);
    expect(await arrivals()).toEqual([fieldOf(JOB)]);
    await delivery.leave(JOB, bytes);
    expect(await redis.client.hkeys(RESULTS)).toEqual([fieldOf(JOB)]);
    expect((await redis.client.keys('*')).sort()).toEqual([ARRIVALS, RESULTS]);
    expect(notes).toEqual([]);
  });

  it('takes the place of damage, and of a failure, but no failure that of a result', async () => {
    for (const worse of [ONE.subarray(0, 40), FAILURE]) {
      await redis.client.hset(RESULTS, fieldOf(JOB), worse);
      expect(await delivery.delivered(JOB)).toBeNull();
      await redis.client.del(ARRIVALS);
      await delivery.leave(JOB, ONE);
      expect(await there()).toEqual(ONE);
      expect(await arrivals()).toContain(fieldOf(JOB));
    }
    await delivery.leave(JOB, FAILURE);
    expect(await there()).toEqual(ONE);
    expect(notes).toEqual([]);
  });

  it('that differs from another worker’s raises an alarm, and changes nothing', async () => {
    await delivery.leave(JOB, ONE);
    await delivery.leave(JOB, OTHER);
    expect(await there()).toEqual(ONE);
    expect(await arrivals()).toContain(`alarm-${fieldOf(JOB)}`);
    expect(await redis.client.hexists(RESULTS, `alarm-${fieldOf(JOB)}`)).toBe(1);
    expect(notes).toEqual([`a result of ${fieldOf(JOB)} that differs from another worker’s`]);
  });

  it('waits while Redis has no memory left: the result and word of it, or neither', async () => {
    await redis.client.config('SET', 'maxmemory', '1');
    const left = delivery.leave(JOB, ONE);
    await expect.poll(() => notes.join()).toMatch(/a result waits: (OOM|EXECABORT)/);
    expect([await redis.client.exists(RESULTS), await redis.client.exists(ARRIVALS)]).toEqual([0, 0]);
    await redis.client.config('SET', 'maxmemory', '0');
    await left;
    expect(await there()).toEqual(ONE);
    expect(await arrivals()).toEqual([fieldOf(JOB)]);
  });

  it('is not tried for ever where it can never be', async () => {
    await redis.client.set(RESULTS, 'another thing');
    await expect(delivery.leave(JOB, ONE)).rejects.toThrow('WRONGTYPE');
    await redis.client.call('ACL', 'SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-hsetnx');
    const client = redis.client.duplicate({ username: 'limited', password: 'secret' });
    const refused = new Delivery(client, () => {}).leave({ ...JOB, plan: 'b'.repeat(64) }, ONE);
    await expect(refused).rejects.toThrow();
    client.disconnect();
  });
});
