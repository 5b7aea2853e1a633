import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { InlineExecutor } from '../../src/execute/inline.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { connect } from '../../src/execute/queue/connection.ts';
import { Delivery } from '../../src/execute/queue/delivery.ts';
import { QueueExecutor } from '../../src/execute/queue/executor.ts';
import { fieldOf, type QueueJob } from '../../src/execute/queue/job.ts';
import { leaseKey } from '../../src/execute/queue/keys.ts';
import { publishSweep } from '../../src/execute/queue/notice.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { MAIN, ROOT, scratch, startInitsweep, writeConfig } from '../support/cli.ts';
import { TestProxy } from '../support/proxy.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

/** Milliseconds in which a process that is told to stop has to end, and some for a machine that is busy. */
const DEADLINE = 20_000 + 5_000;

/** A Redis for one test. */
async function ownRedis({ onTestFinished }: TestContext): Promise<TestRedis> {
  const redis = await TestRedis.start();
  onTestFinished(() => redis.dispose());
  return redis;
}

async function proxied(redis: TestRedis, { onTestFinished }: TestContext, pace?: number): Promise<TestProxy> {
  const proxy = await TestProxy.start(redis.port, pace);
  onTestFinished(() => proxy.close());
  return proxy;
}

// Nearly all of their time is waiting.
describe.runIf(HAS_REDIS).concurrent('a Redis that is away', () => {
  const folder = scratch();

  it('keeps no coordinator from ending in time that still waits for another', async (context) => {
    const redis = await ownRedis(context);
    const { spec, datasets } = await loadSweep(writeConfig(folder, 'waits.json'));
    const plan = planOf(spec, datasets);
    await redis.client.set(leaseKey(plan.hash), 'another', 'PX', 1e6);
    const stop = new AbortController();
    let lost: () => void = () => {};
    const away = new Promise<void>((resolve) => {
      lost = resolve;
    });
    const opening = QueueExecutor.open(queueAddress(redis.url), plan, datasets, new InlineExecutor(plan), {
      onNote: () => lost(),
      signal: stop.signal,
    }).catch((error) => error);
    const isAsked = async () => /cmdstat_set:calls=[2-9]/.test(await redis.client.info('commandstats'));
    while (!(await isAsked())) await new Promise((resolve) => setTimeout(resolve, 20));
    await redis.end('SIGKILL');
    await away;
    stop.abort(new Error('stopped'));
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'late').unref());
    expect(await Promise.race([opening, late])).toBe(stop.signal.reason);
  });

  it.for([
    ['worker', ['worker', '--threads', '1'], 'worker ready'],
    [
      'coordinator',
      ['run', writeConfig(folder, 'away.json'), '--out', join(folder, 'away')],
      'no worker at this queue: waiting',
    ],
  ] as const)('keeps no %s from ending in time', async ([, args, sign], context) => {
    const redis = await ownRedis(context);
    const child = spawn(process.execPath, [MAIN, ...args, '--queue', redis.url], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    context.onTestFinished(() => void child.kill('SIGKILL'));
    await says(child, sign);
    const lost = says(child, 'the queue does not answer');
    await redis.end('SIGKILL');
    await lost;
    const since = Date.now();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(3);
    expect(Date.now() - since).toBeLessThan(DEADLINE);
  });

  it('in silence is no queue to begin with', async (context) => {
    const proxy = await proxied(await ownRedis(context), context);
    proxy.cut();
    const ends = ['worker', 'status'].map((verb) => startInitsweep(verb, '--queue', proxy.url));
    context.onTestFinished(() => ends.forEach(({ child }) => void child.kill('SIGKILL')));
    for (const { ended } of ends) {
      const { status, stderr } = await ended;
      expect(stderr).toContain('received no answer');
      expect(status).toBe(4);
    }
  });

  it('is found again, though the first connection to it that is made anew is silent', async (context) => {
    const proxy = await proxied(await ownRedis(context), context);
    const client = await connect(queueAddress(proxy.url));
    context.onTestFinished(() => client.disconnect());
    proxy.cut();
    // Lost, and made again: somebody takes it, and says nothing.
    client.stream.destroy();
    await expect.poll(() => client.status, { timeout: 5_000 }).toBe('connect');
    proxy.reopen();
    expect(await client.ping()).toBe('PONG');
  });

  it('is not taken for one that is only slow to be told of much', async (context) => {
    // Half a minute for data, and for a result.
    const redis = await ownRedis(context);
    const proxy = await proxied(redis, context, 300_000);
    const notes: string[] = [];
    const connected = () => connect(queueAddress(proxy.url), (note) => notes.push(note));
    const [coordinator, worker] = await Promise.all([connected(), connected()]);
    context.onTestFinished(() => [coordinator, worker].forEach((client) => void client.disconnect()));
    const { spec } = await loadSweep(writeConfig(folder, 'slow.json'));
    const plan = planOf(spec);
    const values = Float32Array.from({ length: 2 ** 21 }, (_, i) => i);
    const ranges = { inputs: [0, 1], fanIns: [0, 1], blocks: [0, 1] } as const;
    const job: QueueJob = { kind: 'simulate', kernel: '1', plan: plan.hash, band: 1, ...ranges };
    const result = Buffer.alloc(2 ** 23, 7);
    await Promise.all([
      publishSweep(coordinator, plan, new Map([['values', values]])),
      new Delivery(worker, (note) => notes.push(note)).leave(job, result),
    ]);
    expect(notes).toEqual([]);
    const [data = ''] = await redis.client.keys('initsweep:data:*');
    expect((await redis.client.getBuffer(data))?.equals(Buffer.from(values.buffer))).toBe(true);
    const there = await redis.client.hgetBuffer(`initsweep:results:${plan.hash}`, fieldOf(job));
    expect(there?.equals(result)).toBe(true);
    expect(await redis.client.keys('initsweep:upload:*')).toEqual([]);
  });

  it('keeps the sweep of a coordinator whose data is long on its way', async (context) => {
    const redis = await ownRedis(context);
    const proxy = await proxied(redis, context, 600_000);
    const plan = planOf((await loadSweep(writeConfig(folder, 'long.json'))).spec);
    const datasets = new Map([['values', new Float32Array(2 ** 21)]]);
    const options = { timing: { lease: 5_000 } };
    const local = new InlineExecutor(plan);
    const executor = await QueueExecutor.open(queueAddress(proxy.url), plan, datasets, local, options);
    context.onTestFinished(() => executor.close());
    const held: number[] = [];
    const looks = setInterval(
      async () => held.push(await redis.client.exists(`initsweep:coordinator:${plan.hash}`)),
      100,
    );
    const published = () => redis.client.exists(`initsweep:sweep:${plan.hash}`);
    await expect.poll(published, { timeout: 60_000, interval: 200 }).toBe(1);
    clearInterval(looks);
    expect(held.length).toBeGreaterThan(80);
    expect(held).not.toContain(0);
  });
});

/** Resolves when a process has said so on stderr. */
function says(child: ChildProcess, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
      if (said.includes(what)) resolve();
    });
    child.once('close', () => reject(new Error(`ended without saying ${what}: ${said}`)));
  });
}
