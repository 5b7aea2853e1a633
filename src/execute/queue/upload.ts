import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { uploadKey } from './keys.ts';

/**
 * Bytes that Redis confirms one by one, at most: a connection on which nothing is heard for 15 s counts as cut off (`connection.ts`), and
 * what keeps a worker's jobs its own waits no longer than for one of them.
 */
export const PIECE = 2 ** 20;

/** Seconds after which Redis forgets a part that is not continued. */
const LIFETIME = 3600;

/** Appends a piece where the ones before it are there, and it is not, as it is when its answer was lost. Returns what is there, in bytes. */
const APPEND = `
  if redis.call('STRLEN', KEYS[1]) == tonumber(ARGV[1]) then redis.call('APPEND', KEYS[1], ARGV[2]) end
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  return redis.call('STRLEN', KEYS[1])`;

/**
 * Brings bytes to Redis in pieces, under a key of their own, and has something done with it; then it is gone.
 * @param onPiece called after each piece
 * @throws what Redis says when it has no room, or Error when it has forgotten a piece
 */
export async function withUpload<Result>(
  redis: Redis,
  bytes: Buffer,
  use: (key: string) => Promise<Result>,
  onPiece: () => Promise<void> = async () => {},
): Promise<Result> {
  const key = uploadKey(randomBytes(8).toString('hex'));
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      const there = await redis.eval(APPEND, 1, key, at, piece, LIFETIME);
      if (there !== at + piece.length) throw new Error(`${there} bytes of ${at + piece.length} sent are there`);
      await onPiece();
    }
    return await use(key);
  } finally {
    // Where Redis is full, half of it would be in the way.
    await redis.del(key).catch(() => {});
  }
}
