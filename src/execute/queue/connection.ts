import type { Redis as Client } from 'ioredis';
import { RunError, UsageError } from '../../errors.ts';
import type { QueueAddress } from './address.ts';
import { loadLibraries } from './libraries.ts';

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
    retryStrategy: (times) => (connected ? Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE) : null),
  });
  redis.on('error', (error) => {
    trouble = error;
    if (!connected || away) return;
    away = true;
    onNote(`the queue does not answer (${messageOf(error)}): waiting for it`);
  });
  try {
    await redis.connect();
    await inspect(redis, address);
  } catch (error) {
    redis.disconnect();
    throw error instanceof UsageError ? error : refusal(address, trouble ?? error);
  }
  connected = true;
  watch(redis);
  redis.on('ready', () => {
    if (away) onNote('the queue is back');
    away = false;
  });
  return redis;
}

/**
 * Ends a connection that is silent though it was asked something, as one is whose other side was cut off: the system would
 * notice after a quarter of an hour. (The client has an option for it, `socketTimeout`, whose timer outlives the connection.)
 */
function watch(redis: Client): void {
  let read = -1;
  let silences = 0;
  const timer = setInterval(() => {
    if (redis.status !== 'ready') return;
    silences = redis.stream.bytesRead === read ? silences + 1 : 0;
    read = redis.stream.bytesRead;
    if (silences >= SILENCES) redis.stream.destroy(new Error('no answer'));
    else redis.ping().catch(() => {});
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

function refusal({ shown }: QueueAddress, error: unknown): UsageError | RunError {
  const message = messageOf(error);
  // A server that demands a password says NOAUTH, one that does not know it WRONGPASS, one whose user may not do this NOPERM.
  if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(message)) {
    const received = `a user or password that Redis refuses (${message})`;
    return new UsageError({
      where: shown,
      received,
      allowed: 'redis://USER:PASSWORD@HOST:PORT, from a file or the environment',
    });
  }
  return new RunError({
    where: shown,
    received: `no answer (${message})`,
    remedy: 'check that Redis is there, and the address',
  });
}

/** What an error of the client says. Its other properties hold the command, and with it perhaps a password. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** Whether it makes no sense to try again: the user may not do this. */
export function isRefused(error: unknown): boolean {
  return /^(NOAUTH|WRONGPASS|NOPERM)/.test(messageOf(error));
}
