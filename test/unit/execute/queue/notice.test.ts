import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sweepFromObject } from '../../../../src/config/load.ts';
import { TaskError } from '../../../../src/errors.ts';
import { findSweep, keepSweep, publishSweep } from '../../../../src/execute/queue/notice.ts';
import { planOf } from '../../../../src/experiment/plan-of.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const { spec, datasets } = await sweepFromObject(
  {
    name: 'notice',
    fanIn: [1, 16],
    inputs: ['normal', { kind: 'empirical', file: 'data/michelson.csv', column: 'speed' }],
    initializers: ['standard_uniform'],
    activations: ['logistic'],
    samples: 4096,
    precision: { statistic: 'z_var', relative: 0.01, maxSamples: 65536 },
  },
  { directory: 'configs' },
);
const plan = planOf(spec, datasets);
const KEY = `initsweep:sweep:${plan.hash}`;

describe.runIf(HAS_REDIS)('a sweep in Redis', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  beforeEach(async () => {
    await redis.client.flushall();
    await publishSweep(redis.client, plan, datasets);
  });
  afterAll(() => redis.dispose());

  /** Puts something else in its place. */
  async function change(changes: (notice: Record<string, unknown>) => unknown): Promise<void> {
    const notice = JSON.parse((await redis.client.get(KEY)) ?? '') as Record<string, unknown>;
    await redis.client.set(KEY, JSON.stringify(changes(notice)));
  }

  it('is found as it was published, its data to the last bit', async () => {
    const found = await findSweep(redis.client, plan.hash);
    expect(found.plan.spec).toEqual(spec);
    expect(Object.isFrozen(found.plan.spec)).toBe(true);
    expect(found.datasets).toEqual(datasets);
    expect(found.datasets.size).toBe(1);
    expect(await keepSweep(redis.client, plan.hash, datasets)).toBe(true);
  });

  it.each<[string, (notice: Record<string, unknown>) => unknown, RegExp]>([
    ['no object', () => 7, /something else than a sweep/],
    ['null', () => null, /something else than a sweep/],
    ['no data', ({ data: _, ...rest }) => rest, /something else than a sweep/],
    ['a path for data', (notice) => ({ ...notice, data: { '/etc/passwd': '/etc/passwd' } }), /something else/],
    ['data by another name', (notice) => ({ ...notice, data: {} }), /no data, or damaged data/],
    ['no spec', (notice) => ({ ...notice, spec: null }), /something else than a sweep/],
    ['a list as spec', (notice) => ({ ...notice, spec: [] }), /something else than a sweep/],
    ['a spec with text for fan-ins', (notice) => withSpec(notice, { fanIn: 'many' }), /something else than a sweep/],
    ['a spec with a negative fan-in', (notice) => withSpec(notice, { fanIn: [-1] }), /something else than a sweep/],
    ['a spec with unknown weights', (notice) => withSpec(notice, { initializers: [{ kind: 'x' }] }), /something else/],
    ['a spec with a further key', (notice) => withSpec(notice, { file: '/etc/passwd' }), /something else/],
    ['a spec of endless blocks', (notice) => withSpec(notice, { blocks: 1e15 }), /something else than a sweep/],
    ['another sweep', (notice) => withSpec(notice, { seed: 'other' }), /another plan under this name/],
    ['another version', (notice) => ({ ...notice, kernel: '0', spec: 'unknown' }), /received kernel version 0/],
  ])('is refused when it is %s', async (_, changes, message) => {
    await change(changes);
    const finding = findSweep(redis.client, plan.hash);
    await expect(finding).rejects.toThrow(message);
    await expect(finding).rejects.toBeInstanceOf(TaskError);
  });

  it('is refused when its text is no JSON, or it is not there', async () => {
    await redis.client.set(KEY, '{');
    await expect(findSweep(redis.client, plan.hash)).rejects.toThrow('something else than a sweep');
    await redis.client.del(KEY);
    await expect(findSweep(redis.client, plan.hash)).rejects.toThrow('no sweep of this plan');
  });

  it('is refused when its data are other bytes', async () => {
    const [data] = await redis.client.keys('initsweep:data:*');
    const bytes = (await redis.client.getBuffer(data ?? '')) as Buffer;
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    await redis.client.set(data ?? '', bytes);
    await expect(findSweep(redis.client, plan.hash)).rejects.toThrow('damaged data');
    await redis.client.del(data ?? '');
    expect(await keepSweep(redis.client, plan.hash, datasets)).toBe(false);
    await expect(findSweep(redis.client, plan.hash)).rejects.toThrow('no data');
  });
});

function withSpec(notice: Record<string, unknown>, changes: object): unknown {
  return { ...notice, spec: { ...(notice['spec'] as object), ...changes } };
}
