import type { Redis } from 'ioredis';
import { isSweep } from '../../config/config-of.ts';
import { deepFreeze } from '../../config/resolve.ts';
import { TaskError } from '../../errors.ts';
import { planOf } from '../../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import { dataDigests } from '../../model/data-digests.ts';
import type { Spec } from '../../model/experiment-spec.ts';
import type { Datasets } from '../../model/spec.ts';
import { sha256 } from '../../random/sha256.ts';
import type { Plan } from '../../sweep/plan.ts';
import { dataKey, LIFETIME, noticeKey } from './keys.ts';
import { withUpload } from './upload.ts';

/** What workers need to know of a sweep, once: a job names its plan only. */
interface Notice {
  readonly kernel: string;
  readonly spec: Spec;
  /** SHA-256 of the bytes of each data file's values, by the digest that the spec names them by. */
  readonly data: Readonly<Record<string, string>>;
}

/** A spec's text, at most. */
const LONGEST_NOTICE = 2 ** 26;

/**
 * Puts a sweep where workers find it.
 * @param onPiece called now and then while data is on its way, which may take minutes
 */
export async function publishSweep(
  redis: Redis,
  plan: Plan,
  datasets: Datasets,
  onPiece?: () => Promise<void>,
): Promise<void> {
  const data: Record<string, string> = {};
  for (const [digest, values] of datasets) {
    data[digest] = nameOf(values);
    const [key, bytes] = [dataKey(data[digest]), bytesOf(values)];
    // What is there already is the same: its name says so.
    if ((await redis.strlen(key)) !== bytes.length) await put(redis, key, bytes, onPiece);
    await redis.expire(key, LIFETIME);
  }
  const notice: Notice = { kernel: KERNEL_VERSION, spec: plan.spec, data };
  await put(redis, noticeKey(plan.hash), Buffer.from(JSON.stringify(notice)), onPiece);
  await redis.expire(noticeKey(plan.hash), LIFETIME);
}

async function put(redis: Redis, key: string, bytes: Buffer, onPiece?: () => Promise<void>): Promise<void> {
  await withUpload(redis, bytes, (upload) => redis.rename(upload, key), onPiece);
}

/** Keeps it there for longer. Returns false when it is gone, and has to be published again. */
export async function keepSweep(redis: Redis, plan: string, datasets: Datasets): Promise<boolean> {
  const keys = [noticeKey(plan), ...[...datasets.values()].map((values) => dataKey(nameOf(values)))];
  const kept = await Promise.all(keys.map((key) => redis.expire(key, LIFETIME)));
  return kept.every((there) => there === 1);
}

const names = new WeakMap<Float32Array, string>();

/** SHA-256 of the values' bytes, once for each: there may be many. */
function nameOf(values: Float32Array): string {
  const name = names.get(values) ?? sha256(bytesOf(values));
  names.set(values, name);
  return name;
}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** A sweep as a worker found it. */
export interface FoundSweep {
  readonly plan: Plan;
  readonly datasets: Datasets;
}

/**
 * Finds the sweep of a plan. What is found has to be the plan that its name promises, as this kernel understands it.
 * @throws TaskError when it is not there, or is not that
 */
export async function findSweep(redis: Redis, hash: string): Promise<FoundSweep> {
  const text = await redis.get(noticeKey(hash));
  if (text === null || text.length > LONGEST_NOTICE) throw refuse(hash, 'no sweep of this plan');
  const notice = readNotice(text);
  if (notice === null) throw refuse(hash, 'something else than a sweep');
  // What another version says of a sweep may be of another form.
  if (notice.kernel !== KERNEL_VERSION) throw refuse(hash, `kernel version ${notice.kernel}`);
  const { spec } = notice;
  if (!isSweep(spec)) throw refuse(hash, 'something else than a sweep');
  const datasets = new Map<string, Float32Array>();
  for (const digest of dataDigests(spec)) datasets.set(digest, await findData(redis, hash, notice.data[digest]));
  const plan = planOf(deepFreeze(spec), datasets);
  if (plan.hash !== hash) throw refuse(hash, 'another plan under this name');
  return { plan, datasets };
}

/** What a notice is by its form, as far as all versions agree; null when it is none. */
function readNotice(text: string): (Omit<Notice, 'spec'> & { readonly spec: unknown }) | null {
  try {
    const { kernel, spec, data } = JSON.parse(text) as Readonly<Record<keyof Notice, unknown>>;
    if (typeof kernel !== 'string' || !/^[\w.-]{1,32}$/.test(kernel)) return null;
    if (typeof data !== 'object' || data === null || !Object.entries(data).flat().every(isDigest)) return null;
    return { kernel, spec, data: data as Notice['data'] };
  } catch {
    return null;
  }
}

const isDigest = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

async function findData(redis: Redis, hash: string, name: string | undefined): Promise<Float32Array> {
  const bytes = name === undefined ? null : await redis.getBuffer(dataKey(name));
  if (bytes === null || bytes.length % 4 !== 0 || sha256(bytes) !== name)
    throw refuse(hash, 'no data, or damaged data, of an empirical input');
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function refuse(hash: string, received: string): TaskError {
  return new TaskError({
    where: `plan ${hash.slice(0, 12)}`,
    received,
    allowed: `a sweep of kernel version ${KERNEL_VERSION}`,
  });
}
