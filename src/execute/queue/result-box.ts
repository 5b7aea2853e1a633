import type { Redis } from 'ioredis';
import { RunError } from '../../errors.ts';
import { type Answer, decodeAnswer, digestOf } from './answer.ts';
import { alarmField, LIFETIME, resultsKey } from './keys.ts';

/** A result as it was read: null where it is damaged. */
export interface Reading {
  readonly answer: Answer | null;
  readonly digest: string;
}

/**
 * The results of one sweep in Redis, by field, and which of them were taken. One that was taken stays there for a while, in which it
 * gets into the journal; one that comes again later, from a worker that was taken for dead, is compared.
 */
export class ResultBox {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #milliseconds: number;
  /** Digests of those that were taken. */
  readonly #taken = new Map<string, string>();
  /** When those were taken that are still there: the first one longest ago. */
  readonly #kept = new Map<string, number>();

  /** @param milliseconds that a result stays after it was taken */
  constructor(redis: Redis, plan: string, milliseconds: number) {
    this.#redis = redis;
    this.#key = resultsKey(plan);
    this.#milliseconds = milliseconds;
  }

  /** Results taken so far. */
  get count(): number {
    return this.#taken.size;
  }

  /** Whether a result is there although it was taken. */
  isKept(field: string): boolean {
    return this.#kept.has(field);
  }

  /** The results that are there, kept ones too. */
  fields(): Promise<string[]> {
    return this.#redis.hkeys(this.#key);
  }

  /** Null when it is gone. */
  async read(field: string): Promise<Reading | null> {
    const bytes = await this.#redis.hgetBuffer(this.#key, field);
    return bytes && { answer: decodeAnswer(bytes), digest: digestOf(bytes) };
  }

  /** Notes that a result was taken. @throws RunError when another one was before */
  take(field: string, digest: string): void {
    if ((this.#taken.get(field) ?? digest) !== digest) throw disagreement(field);
    this.#taken.set(field, digest);
    this.#kept.set(field, Date.now());
  }

  /** Removes a result that is none. */
  async drop(field: string): Promise<void> {
    await this.#redis.hdel(this.#key, field);
  }

  /** Looks at a result that nobody waits for. @throws RunError when it says that two workers disagree */
  async inspect(field: string): Promise<void> {
    if (field.startsWith(ALARM)) throw disagreement(field.slice(ALARM.length));
    const digest = this.#taken.get(field);
    // One that was never asked for is of an earlier session, and may be yet.
    if (digest === undefined || this.#kept.has(field)) return;
    const reading = await this.read(field);
    if (reading?.answer?.kind === 'tallies' && reading.digest !== digest) throw disagreement(field);
    await this.drop(field);
  }

  /** Removes what was taken long enough ago, or everything that was taken. */
  async forget(all = false): Promise<void> {
    const now = Date.now();
    const old: string[] = [];
    for (const [field, since] of this.#kept) {
      if (!all && now - since < this.#milliseconds) break;
      old.push(field);
    }
    if (old.length === 0) return;
    await this.#redis.hdel(this.#key, ...old);
    for (const field of old) this.#kept.delete(field);
  }

  /** Redis has lost what was there. */
  lost(): void {
    this.#kept.clear();
  }

  /** Keeps Redis from forgetting them. */
  async prolong(): Promise<void> {
    await this.#redis.expire(this.#key, LIFETIME);
  }

  /** Removes everything. */
  async clear(): Promise<void> {
    await this.#redis.del(this.#key);
  }
}

const ALARM = alarmField('');

function disagreement(field: string): RunError {
  return new RunError({
    where: `task ${field}`,
    received: 'two different results from two workers',
    allowed: 'the same bytes from every machine',
    remedy: 'one of the machines computes wrongly: check its memory and its version of initsweep',
  });
}
