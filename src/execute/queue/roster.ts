import type { Redis } from 'ioredis';
import { SWEEPS, WORKERS } from './keys.ts';
import { type Form, isOf, printable, readJson } from './stranger.ts';

/** A worker process, as it reports itself. */
export interface WorkerReport {
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
  readonly kernel: string;
  /** Version of the program. */
  readonly version: string;
  /** Seconds since it started. */
  readonly age: number;
  /** Tasks done and failed since it started, and under way. */
  readonly done: number;
  readonly failed: number;
  readonly active: number;
  /** Seconds that its threads were busy. */
  readonly busy: number;
}

/** A sweep under way, as its coordinator reports it. */
export interface SweepReport {
  readonly name: string;
  readonly kernel: string;
  readonly host: string;
  readonly pid: number;
  /** Seconds since it began. */
  readonly age: number;
  /** Tasks. */
  readonly done: number;
  readonly pending: number;
  readonly failed: number;
}

/** Milliseconds between two reports. */
export const REPORT_INTERVAL = 2_000;

/** Seconds after which one that has not reported is taken for gone. */
const SILENCE = 15;

/** Seconds after which it is forgotten. */
const FORGOTTEN = 3600;

const WORKER = {
  host: 'string',
  pid: 'number',
  threads: 'number',
  kernel: 'string',
  version: 'string',
  age: 'number',
  done: 'number',
  failed: 'number',
  active: 'number',
  busy: 'number',
} as const satisfies Record<keyof WorkerReport, unknown>;

const SWEEP = {
  name: 'string',
  kernel: 'string',
  host: 'string',
  pid: 'number',
  age: 'number',
  done: 'number',
  pending: 'number',
  failed: 'number',
} as const satisfies Record<keyof SweepReport, unknown>;

/** Those that have reported lately, by an id of theirs. */
export const workersOf = (redis: Redis): Promise<Map<string, WorkerReport>> => reports(redis, WORKERS, WORKER);

/** By plan. */
export const sweepsOf = (redis: Redis): Promise<Map<string, SweepReport>> => reports(redis, SWEEPS, SWEEP);

export const reportWorker = (redis: Redis, id: string, worker: WorkerReport): Promise<void> =>
  report(redis, WORKERS, id, worker);

export const reportSweep = (redis: Redis, plan: string, sweep: SweepReport): Promise<void> =>
  report(redis, SWEEPS, plan, sweep);

async function report(redis: Redis, key: string, id: string, content: object): Promise<void> {
  await redis.hset(key, id, JSON.stringify({ ...content, seen: await secondsOf(redis) }));
}

/** When a report came, by Redis's clock: those of the machines may differ. */
const STAMP = { seen: 'number' } as const;

/** Passes over what is no report: it may be of another version, or of anybody. */
async function reports<Report>(redis: Redis, key: string, form: Form): Promise<Map<string, Report>> {
  const current = new Map<string, Report>();
  const [all, now] = await Promise.all([redis.hgetall(key), secondsOf(redis)]);
  for (const [id, text] of Object.entries(all)) {
    const found = readJson(text, printable);
    if (!isOf(found, STAMP)) continue;
    // Another version's too: nobody else may be left who knows it.
    if (now - found.seen > FORGOTTEN) await redis.hdel(key, id);
    else if (now - found.seen <= SILENCE && isOf(found, form)) current.set(id, found as Report);
  }
  return current;
}

async function secondsOf(redis: Redis): Promise<number> {
  const [seconds] = await redis.time();
  return Number(seconds);
}
