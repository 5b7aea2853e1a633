import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RunError } from '../../errors.ts';
import { fateOf, type ProcessIdentity, thisProcess } from '../process-identity.ts';
import { leaseKey } from './keys.ts';
import { isFull } from './redis-error.ts';
import { isOf, printable, readJson } from './stranger.ts';

/** Does something to a key as long as it has a value, and returns what it has: otherwise it might meet the next owner's in between. */
const whileOwned = (command: string): string => `
  local owner = redis.call('GET', KEYS[1])
  if owner == ARGV[1] then redis.call(${command}) end
  return owner`;

// No memory is needed for either, so they work where there is none left.
const RENEW = whileOwned(`'PEXPIRE', KEYS[1], ARGV[2]`);
const REMOVE = whileOwned(`'DEL', KEYS[1]`);

/**
 * The right to coordinate a sweep. Two coordinators of one plan would take each other's results; the second one waits until the first
 * has let go or is known to be dead, and gives up when it is alive.
 */
export class Lease {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #milliseconds: number;
  readonly #text = JSON.stringify({ ...thisProcess(), nonce: randomBytes(8).toString('hex') });

  /** @param milliseconds after which it ends by itself when it is not renewed */
  constructor(redis: Redis, plan: string, milliseconds: number) {
    this.#redis = redis;
    this.#key = leaseKey(plan);
    this.#milliseconds = milliseconds;
  }

  /** Waits until no other process, alive, has it; has it then, unless Redis has no memory for it. @throws RunError when one keeps it */
  async take(): Promise<void> {
    for (const start = Date.now(); ; await sleep(this.#milliseconds / 20)) {
      const text = await this.#claim().catch((error) => {
        if (isFull(error)) return this.#redis.get(this.#key);
        throw error;
      });
      if (text === null || text === this.#text) return;
      const owner = ownerIn(text);
      if (owner !== null && fateOf(owner) === 'gone') await this.#redis.eval(REMOVE, 1, this.#key, text);
      // Within this time it was renewed.
      else if (Date.now() - start > 1.2 * this.#milliseconds) throw taken(owner);
    }
  }

  /** Takes it where nobody has it, which needs memory. @throws RunError when another has it */
  async claim(): Promise<void> {
    const text = await this.#claim();
    if (text !== this.#text) throw taken(ownerIn(text));
  }

  /** Returns false when nobody has it, as when Redis has forgotten everything. @throws RunError when another has it */
  async renew(): Promise<boolean> {
    const text = (await this.#redis.eval(RENEW, 1, this.#key, this.#text, this.#milliseconds)) as string | null;
    if (text !== null && text !== this.#text) throw taken(ownerIn(text));
    return text !== null;
  }

  async isHeld(): Promise<boolean> {
    return (await this.#redis.get(this.#key)) === this.#text;
  }

  async release(): Promise<void> {
    await this.#redis.eval(REMOVE, 1, this.#key, this.#text);
  }

  /** Returns whose it is. A command that was sent again, because its answer was lost, finds what it did itself. */
  async #claim(): Promise<string> {
    const there = await this.#redis.set(this.#key, this.#text, 'PX', this.#milliseconds, 'NX', 'GET');
    return there ?? this.#text;
  }
}

const OWNER = { pid: 'number', host: 'string', machine: 'string' } as const;

/** Null for a text that others left there, and that names no process. */
function ownerIn(text: string): ProcessIdentity | null {
  const owner = readJson(text, printable);
  if (!isOf(owner, OWNER)) return null;
  const { pid, host, machine } = owner;
  const { startedAt } = owner as { readonly startedAt?: unknown };
  return { pid, host, machine, startedAt: typeof startedAt === 'string' ? startedAt : null };
}

function taken(owner: ProcessIdentity | null): RunError {
  return new RunError({
    where: '--queue',
    received: `a sweep that ${owner === null ? 'an unknown process' : `process ${owner.pid} on ${owner.host}`} coordinates`,
    allowed: 'one coordinator for a sweep on one queue',
    remedy: 'wait until that is done, stop it, or run the sweep on another queue',
  });
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
