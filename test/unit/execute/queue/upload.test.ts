import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PIECE, withUpload } from '../../../../src/execute/queue/upload.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

describe.runIf(HAS_REDIS)('what is brought to Redis in pieces', () => {
  const bytes = randomBytes(3 * PIECE + 5);
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  beforeEach(() => redis.client.flushall());
  afterAll(() => redis.dispose());

  it('is there as a whole, and goes away with its key', async () => {
    let pieces = 0;
    const found = await withUpload(
      redis.client,
      bytes,
      async (key) => {
        expect(await redis.client.ttl(key)).toBeGreaterThan(0);
        return redis.client.getBuffer(key);
      },
      async () => void pieces++,
    );
    expect(found?.equals(bytes)).toBe(true);
    expect(pieces).toBe(4);
    expect(await redis.client.keys('*')).toEqual([]);
  });

  it('may stay under another', async () => {
    await withUpload(redis.client, bytes, (key) => redis.client.rename(key, 'whole'));
    expect((await redis.client.getBuffer('whole'))?.equals(bytes)).toBe(true);
    expect(await redis.client.keys('*')).toEqual(['whole']);
  });

  it('is there once where pieces are sent again because their answers were lost', async () => {
    const twice = {
      eval: async (...args: Parameters<Redis['eval']>) => {
        await redis.client.eval(...args);
        return redis.client.eval(...args);
      },
      del: (key: string) => redis.client.del(key),
    } as unknown as Redis;
    const found = await withUpload(twice, bytes, (key) => redis.client.getBuffer(key));
    expect(found?.equals(bytes)).toBe(true);
  });

  it('is refused where Redis has forgotten a piece', async () => {
    const forget = async () => void (await redis.client.flushall());
    const use = async () => expect.unreachable();
    await expect(withUpload(redis.client, bytes, use, forget)).rejects.toThrow('0 bytes of 2097152');
    expect(await redis.client.keys('*')).toEqual([]);
  });

  it('leaves nothing where Redis has no room for it', async () => {
    const used = /^used_memory:(\d+)/m.exec(await redis.client.info('memory'))?.[1];
    await redis.client.config('SET', 'maxmemory', Number(used) + 2 * PIECE);
    await expect(withUpload(redis.client, bytes, async () => expect.unreachable())).rejects.toThrow(/^OOM/);
    await redis.client.config('SET', 'maxmemory', '0');
    expect(await redis.client.keys('*')).toEqual([]);
  });
});
