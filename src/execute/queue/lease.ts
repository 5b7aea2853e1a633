import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RunError } from '../../errors.ts';
import { fateOf, type ProcessIdentity, thisProcess } from '../process-identity.ts';
import { leaseKey } from './keys.ts';

interface Owner extends ProcessIdentity {
  readonly nonce: string;
}

/**
 * The right to coordinate a sweep. Two coordinators of one plan would take each other's results; the second one waits until the first
 * has let go or is known to be dead, and gives up when it is alive.
 */
export class Lease {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #milliseconds: number;
  readonly #text: string = JSON.stringify({ ...thisProcess(), nonce: randomBytes(8).toString('hex') } satisfies Owner);

  /** @param milliseconds after which it ends by itself when it is not renewed */
  constructor(redis: Redis, plan: string, milliseconds: number) {
    this.#redis = redis;
    this.#key = leaseKey(plan);
    this.#milliseconds = milliseconds;
  }

  /** @throws RunError when another process, alive, has it */
  async take(): Promise<void> {
    for (const start = Date.now(); !(await this.#claim()); await sleep(this.#milliseconds / 20)) {
      const text = await this.#redis.get(this.#key);
      if (text === null) continue;
      const owner = JSON.parse(text) as Owner;
      if (fateOf(owner) === 'gone') await this.#redis.del(this.#key);
      // Within this time it was renewed.
      else if (Date.now() - start > 1.2 * this.#milliseconds) throw taken(owner);
    }
  }

  /** Returns false when Redis had forgotten it, as it forgets everything when it is wiped. @throws RunError when another has it */
  async renew(): Promise<boolean> {
    const text = await this.#redis.get(this.#key);
    if (text === this.#text) {
      // No memory is needed for this, so it works where there is none left.
      await this.#redis.pexpire(this.#key, this.#milliseconds);
      return true;
    }
    if (text !== null) throw taken(JSON.parse(text) as Owner);
    await this.#claim();
    return false;
  }

  async isHeld(): Promise<boolean> {
    return (await this.#redis.get(this.#key)) === this.#text;
  }

  async release(): Promise<void> {
    if (await this.isHeld()) await this.#redis.del(this.#key);
  }

  async #claim(): Promise<boolean> {
    const claimed = await this.#redis.set(this.#key, this.#text, 'PX', this.#milliseconds, 'NX');
    // A command that was sent again, because its answer was lost, finds what it did itself.
    return claimed === 'OK' || (await this.isHeld());
  }
}

function taken({ pid, host }: Owner): RunError {
  return new RunError({
    where: '--queue',
    received: `a sweep that process ${pid} on ${host} coordinates`,
    allowed: 'one coordinator for a sweep on one queue',
    remedy: 'wait until that is done, stop it, or run the sweep on another queue',
  });
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
