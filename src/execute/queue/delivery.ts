import type { ChainableCommander, Redis } from 'ioredis';
import { sha256 } from '../../random/sha256.ts';
import { decodeAnswer } from './answer.ts';
import { fieldOf, type QueueJob } from './job.ts';
import { alarmField, arrivalsKey, LIFETIME, resultsKey } from './keys.ts';
import { isMisused, isRefused, messageOf } from './redis-error.ts';
import { withUpload } from './upload.ts';

/** Milliseconds between two attempts to leave a result in Redis. */
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 5_000;

/**
 * Bytes of a result that goes in one command, at most. Pieces cost Redis three times as much, and those of two seconds have one or two
 * megabytes; a line that does not carry this much in 15 s is too slow for them anyway.
 */
export const WHOLE = 2 ** 22;

/** Brings results to where their coordinator looks for them. */
export class Delivery {
  readonly #redis: Redis;
  readonly #note: (text: string) => void;

  constructor(redis: Redis, note: (text: string) => void) {
    this.#redis = redis;
    this.#note = note;
  }

  /** The tallies of a job that are there already, as bytes. */
  async delivered(asked: QueueJob): Promise<Buffer | null> {
    const there = await this.#redis.hgetBuffer(resultsKey(asked.plan), fieldOf(asked));
    return there !== null && decodeAnswer(there)?.kind === 'tallies' ? there : null;
  }

  /**
   * Leaves a result in Redis, for as long as it takes; one that is there already is compared.
   * @throws what Redis says when it will never take it
   */
  async leave(asked: QueueJob, bytes: Buffer): Promise<void> {
    for (let pause = SHORTEST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        await this.#put(asked, bytes);
        return;
      } catch (error) {
        if (isRefused(error) || isMisused(error)) throw error;
        // The connection waits by itself; here, Redis has no memory left, or still loads its data.
        if (pause === SHORTEST_PAUSE) this.#note(`a result waits: ${messageOf(error)}`);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async #put(asked: QueueJob, bytes: Buffer): Promise<void> {
    const [key, field] = [resultsKey(asked.plan), fieldOf(asked)];
    if (await this.#add(asked.plan, field, bytes)) return;
    const there = await this.#redis.hgetBuffer(key, field);
    if (there === null || sha256(there) === sha256(bytes)) return;
    const known = decodeAnswer(there);
    // A failure, perhaps of a machine, gives way to a result; damage gives way to anything.
    if (known?.kind !== 'tallies') {
      await this.#redis.hdel(key, field);
      await this.#add(asked.plan, field, bytes);
    } else if (decodeAnswer(bytes)?.kind === 'tallies') {
      this.#note(`a result of ${field} that differs from another worker’s`);
      await this.#add(asked.plan, alarmField(field), Buffer.from(sha256(bytes)));
    }
  }

  /** Adds a field and word of it, both or neither. Returns whether there was none. */
  async #add(plan: string, field: string, bytes: Buffer): Promise<boolean> {
    const [key, arrivals] = [resultsKey(plan), arrivalsKey(plan)];
    const add = async (steps: ChainableCommander): Promise<boolean> => {
      const rest = steps.rpush(arrivals, field).expire(key, LIFETIME).expire(arrivals, LIFETIME);
      const [first] = (await rest.exec()) ?? [];
      if (first?.[0]) throw first[0];
      return first?.[1] === 1;
    };
    if (bytes.length <= WHOLE) return add(this.#redis.multi().hsetnx(key, field, bytes));
    return withUpload(this.#redis, bytes, (upload) => add(this.#redis.multi().eval(ADD, 2, key, upload, field)));
  }
}

/** Adds what was brought in pieces to a hash. */
const ADD = `return redis.call('HSETNX', KEYS[1], ARGV[1], redis.call('GET', KEYS[2]))`;
