import type { Redis as Client } from 'ioredis';
import { RunError, UsageError } from '../../errors.ts';
import type { QueueAddress } from './address.ts';
import { loadLibraries } from './libraries.ts';
import { isRefused, isReply, messageOf } from './redis-error.ts';

/** Milliseconds between two questions whether a connection still answers, and how often in a row it may be silent. */
const QUESTION = 5_000;
const SILENCES = 3;
/** Milliseconds between two attempts to connect again, at most. */
const LONGEST_PAUSE = 2_000;

/**
 * Connects to Redis. A first attempt that fails is an error, so that a wrong address or password shows at once; a connection
 * that is lost later is made again, for as long as it takes, and commands wait meanwhile.
 *
 * @param onNote told when the connection is lost, and when it is back
 * @throws UsageError when Redis refuses the user or is not fit to hold a queue, RunError when nothing answers
 */
export async function connect(address: QueueAddress, onNote: (text: string) => void = () => {}): Promise<Client> {
  const { Redis } = await loadLibraries();
  let connected = false;
  let trouble: Error | undefined;
  let away = false;
  const redis = new Redis(address.url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: 10_000,
    keepAlive: 10_000,
    // A process that ends waits for it.
    disconnectTimeout: 200,
    // One command less that the user of a queue needs the right to.
    disableClientInfo: true,
    retryStrategy: (times) => (connected ? Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE) : null),
  });
  redis.on('error', (error) => {
    trouble = error;
    if (!connected || away) return;
    away = true;
    onNote(`the queue does not answer (${messageOf(error)}): waiting for it`);
  });
  watch(redis);
  try {
    await redis.connect();
    await inspect(redis, address);
  } catch (error) {
    redis.disconnect();
    throw error instanceof UsageError ? error : refusal(address, trouble ?? error);
  }
  connected = true;
  redis.on('ready', () => {
    if (away) onNote('the queue is back');
    away = false;
  });
  return redis;
}

/**
 * Ends a connection that is silent though it was asked something, as one is whose other side was cut off: the system would notice after
 * a quarter of an hour. One that is not ready yet was asked who it is. (The client has an option for it, `socketTimeout`, whose timer
 * outlives the connection.)
 */
function watch(redis: Client): void {
  let read = -1;
  let silences = 0;
  const timer = setInterval(() => {
    // None before the first attempt, and between two.
    const stream = redis.stream as Client['stream'] | undefined;
    if (stream === undefined || stream.destroyed || stream.connecting) return;
    silences = stream.bytesRead === read ? silences + 1 : 0;
    read = stream.bytesRead;
    if (silences >= SILENCES) stream.destroy(new Error('no answer'));
    else if (redis.status === 'ready') redis.ping().catch(() => {});
  }, QUESTION).unref();
  redis.once('end', () => clearInterval(timer));
}

/** Whether Redis keeps what it was given. */
async function inspect(redis: Client, { shown }: QueueAddress): Promise<void> {
  const info = await redis.info();
  const fact = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const policy = fact('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    throw new UsageError({
      where: shown,
      received: `maxmemory-policy ${policy}, under which Redis drops results to make room`,
      allowed: 'maxmemory-policy noeviction',
      remedy: 'set it in redis.conf, or with CONFIG SET',
    });
  }
  const version = fact('redis_version') ?? '0';
  if (Number.parseInt(version, 10) < LEAST_VERSION)
    throw new UsageError({ where: shown, received: `Redis ${version}`, allowed: 'Redis 7 or later, or Valkey' });
}

const LEAST_VERSION = 7;

/** What it means to the user that the queue did not do the first things it was asked for. */
export function refusal({ shown }: QueueAddress, error: unknown): UsageError | RunError {
  const message = messageOf(error);
  if (isRefused(error)) {
    const received = `a user or password that Redis refuses (${message})`;
    return new UsageError({
      where: shown,
      received,
      allowed: 'redis://USER:PASSWORD@HOST:PORT, from a file or the environment',
    });
  }
  if (isReply(error)) return new RunError({ where: shown, received: `an error in place of an answer (${message})` });
  return new RunError({
    where: shown,
    received: `no answer (${message})`,
    remedy: 'check that Redis is there, and the address',
  });
}
