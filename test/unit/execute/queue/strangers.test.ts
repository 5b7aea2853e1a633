import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeAnswer } from '../../../../src/execute/queue/answer.ts';
import { Lease } from '../../../../src/execute/queue/lease.ts';
import { reportSweep, reportWorker, sweepsOf, workersOf } from '../../../../src/execute/queue/roster.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const SWEEP = { name: 'one', kernel: '1', host: 'here', pid: 1, age: 2, done: 3, pending: 4, failed: 5 };
const WORKER = {
  ...{ host: 'here', pid: 1, threads: 2, kernel: '1', version: '0', age: 3 },
  ...{ done: 4, failed: 0, active: 1, busy: 2 },
};

describe.runIf(HAS_REDIS)('what others have put into Redis', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  beforeEach(() => redis.client.flushall());
  afterAll(() => redis.dispose());

  it('in place of a report is passed over', async () => {
    const [seconds] = await redis.client.time();
    const text = (value: object) => JSON.stringify({ ...value, seen: Number(seconds) });
    const strange = {
      ...{ none: 'no JSON', cut: text(SWEEP).slice(0, 20), null: 'null', list: '[]', number: '7' },
      ...{ unseen: JSON.stringify(SWEEP), partial: text({ name: 'one' }), wrong: text({ ...SWEEP, done: '3' }) },
      ...{ endless: text({ ...WORKER, ...SWEEP }).replace(/("(?:pending|threads)"):\d/g, '$1:1e999') },
      negative: text({ ...WORKER, ...SWEEP, pid: -1 }),
    };
    for (const key of ['initsweep:sweeps', 'initsweep:workers']) await redis.client.hset(key, strange);
    await reportSweep(redis.client, 'plan', SWEEP);
    await reportWorker(redis.client, 'worker', WORKER);
    expect([...(await sweepsOf(redis.client)).keys()]).toEqual(['plan']);
    expect([...(await workersOf(redis.client)).keys()]).toEqual(['worker']);
  });

  it.each(['no JSON', '', 'null', '{}', '{"pid":"1","host":"here","machine":"here"}'])(
    'as an owner of a sweep (%j) is one that nobody knows',
    async (text) => {
      await redis.client.set('initsweep:coordinator:plan', text);
      const lease = new Lease(redis.client, 'plan', 100);
      for (const attempt of [() => lease.take(), () => lease.claim(), () => lease.renew()])
        await expect(attempt()).rejects.toThrow('a sweep that an unknown process coordinates');
      expect(await lease.isHeld()).toBe(false);
      await lease.release();
      expect(await redis.client.get('initsweep:coordinator:plan')).toBe(text);
    },
  );
});

it.each([
  'no JSON',
  'null',
  '[]',
  '{}',
  '{"name":"RunError","message":"x"}',
  '{"name":"RunError","message":7,"parts":[]}',
  '{"name":7,"message":"x","parts":[]}',
  '{"name":"RunError","message":"x","parts":"all"}',
  '{"name":"RunError","message":"x","parts":[null]}',
  '{"name":"RunError","message":"x","parts":[{"where":{}}]}',
])('a failure that is none (%s) is a damaged result', (text) => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(text));
  expect(decodeAnswer(Buffer.concat([Buffer.of(2), sum, Buffer.from(text)]))).toBeNull();
});
