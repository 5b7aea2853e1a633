import type { Redis } from 'ioredis';
import { RunError } from '../../errors.ts';
import { sha256 } from '../../random/sha256.ts';
import { type Answer, decodeAnswer } from './answer.ts';
import { alarmField, arrivalsKey, LIFETIME, resultsKey } from './keys.ts';

/** A result as it was read: null where it is damaged. */
export interface Reading {
  readonly answer: Answer | null;
  readonly digest: string;
  readonly bytes: number;
}

/** Bytes of results that stay in Redis though they were taken, at most: what comes fast fills its memory otherwise. */
const MOST_KEPT = 2 ** 28;
/** Arrivals that are heard of at once. */
const MOST_ARRIVALS = 1_000;

/**
 * The results of one sweep in Redis, by field, and which of them were taken. One that was taken stays there for a while, in which it
 * gets into the journal; one that comes again later, from a worker that was taken for dead, is compared.
 */
export class ResultBox {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #arrivals: string;
  readonly #milliseconds: number;
  /** Digests of those that were taken. */
  readonly #taken = new Map<string, string>();
  /** Those that are still there: the first one was taken longest ago. */
  readonly #kept = new Map<string, { readonly since: number; readonly bytes: number }>();
  #keptBytes = 0;
  /** Those that were there, and not taken, when all were looked at. */
  #early = new Set<string>();
  readonly #mostKept: number;

  /**
   * @param milliseconds that a result stays after it was taken
   * @param mostKept bytes of those that stay, at most
   */
  constructor(redis: Redis, plan: string, milliseconds: number, mostKept = MOST_KEPT) {
    this.#redis = redis;
    this.#key = resultsKey(plan);
    this.#arrivals = arrivalsKey(plan);
    this.#mostKept = mostKept;
    this.#milliseconds = milliseconds;
  }

  /** Results taken so far. */
  get count(): number {
    return this.#taken.size;
  }

  /** Whether a result is there, as far as is known, although nobody works at it: it was taken, or made for an earlier session. */
  isThere(field: string): boolean {
    return this.#kept.has(field) || this.#early.has(field);
  }

  /** All results that are there, those that were taken too. */
  async survey(): Promise<readonly string[]> {
    const fields = await this.#redis.hkeys(this.#key);
    const there = new Set(fields);
    for (const field of [...this.#kept.keys()]) if (!there.has(field)) this.#release(field);
    this.#early = new Set(fields.filter((field) => !this.#taken.has(field)));
    return fields;
  }

  /** Those that workers have left word of since this was last called; some of them may be gone, or known. */
  async arrived(): Promise<readonly string[]> {
    return (await this.#redis.lpop(this.#arrivals, MOST_ARRIVALS)) ?? [];
  }

  /** Whether a result is there. */
  async has(field: string): Promise<boolean> {
    return (await this.#redis.hexists(this.#key, field)) === 1;
  }

  /** Null when it is gone. */
  async read(field: string): Promise<Reading | null> {
    const bytes = await this.#redis.hgetBuffer(this.#key, field);
    return bytes && { answer: decodeAnswer(bytes), digest: sha256(bytes), bytes: bytes.length };
  }

  /** Notes that a result was taken. @throws RunError when another one was before */
  async take(field: string, { digest, bytes }: Pick<Reading, 'digest' | 'bytes'>): Promise<void> {
    if ((this.#taken.get(field) ?? digest) !== digest) await this.#disagree(field);
    this.#taken.set(field, digest);
    this.#early.delete(field);
    this.#release(field);
    this.#kept.set(field, { since: Date.now(), bytes });
    this.#keptBytes += bytes;
  }

  /** Removes a result that is none. */
  async drop(field: string): Promise<void> {
    this.#early.delete(field);
    await this.#redis.hdel(this.#key, field);
  }

  /** Removes those of an earlier session that are not wanted. */
  async dropEarly(isUnwanted: (field: string) => boolean): Promise<void> {
    for (const field of [...this.#early]) if (isUnwanted(field)) await this.drop(field);
  }

  /** Looks at a result that nobody waits for. @throws RunError when it says that two workers disagree */
  async inspect(field: string): Promise<void> {
    if (field.startsWith(ALARM)) await this.#disagree(field.slice(ALARM.length));
    const digest = this.#taken.get(field);
    // One that was never asked for is of an earlier session, and may be yet.
    if (digest === undefined || this.#kept.has(field)) return;
    const reading = await this.read(field);
    if (reading?.answer?.kind === 'tallies' && reading.digest !== digest) await this.#disagree(field);
    await this.drop(field);
  }

  /** Whether workers disagreed when this sweep was last run. Then any of its results may be wrong, and all of them are removed. */
  async distrust(): Promise<boolean> {
    const isDisputed = (await this.#redis.hkeys(this.#key)).some((field) => field.startsWith(ALARM));
    if (isDisputed) await this.clear();
    return isDisputed;
  }

  /**
   * Two results of a task differ. All of them go, and what comes until the sweep is run again may be of the same machine: an alarm stays
   * for `distrust`. Redis may have no memory for a new one, so one that is there is left alone, and the error is never another.
   */
  async #disagree(field: string): Promise<never> {
    try {
      const results = (await this.#redis.hkeys(this.#key)).filter((there) => !there.startsWith(ALARM));
      if (results.length > 0) await this.#redis.hdel(this.#key, ...results);
      await this.#redis.multi().hset(this.#key, alarmField(field), '').expire(this.#key, LIFETIME).exec();
    } catch {}
    throw disagreement(field);
  }

  /** Removes what was taken long enough ago, or is too much; or everything that was taken. */
  async forget(all = false): Promise<void> {
    const now = Date.now();
    const old: string[] = [];
    let left = this.#keptBytes;
    for (const [field, { since, bytes }] of this.#kept) {
      if (!all && now - since < this.#milliseconds && left <= this.#mostKept) break;
      old.push(field);
      left -= bytes;
    }
    if (old.length === 0) return;
    await this.#redis.hdel(this.#key, ...old);
    for (const field of old) this.#release(field);
  }

  /** One that is no longer kept. */
  #release(field: string): void {
    this.#keptBytes -= this.#kept.get(field)?.bytes ?? 0;
    this.#kept.delete(field);
  }

  /** Redis has lost what was there. */
  lost(): void {
    this.#kept.clear();
    this.#early.clear();
    this.#keptBytes = 0;
  }

  /** Keeps Redis from forgetting them. */
  async prolong(): Promise<void> {
    for (const key of [this.#key, this.#arrivals]) await this.#redis.expire(key, LIFETIME);
  }

  /** Removes everything. */
  async clear(): Promise<void> {
    await this.#redis.del(this.#key, this.#arrivals);
  }
}

const ALARM = alarmField('');

function disagreement(field: string): RunError {
  return new RunError({
    where: `task ${field}`,
    received: 'two different results from two workers',
    allowed: 'the same bytes from every machine',
    remedy:
      'one of the machines computes wrongly: check its memory and its version of initsweep, then run again with --fresh, as what it made of ' +
      'these blocks (b) and others may be in the journal',
  });
}
