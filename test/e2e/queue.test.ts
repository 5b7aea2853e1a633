import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { idOf, type QueueJob, readJob } from '../../src/execute/queue/job.ts';
import { publishSweep } from '../../src/execute/queue/notice.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { reportSweep } from '../../src/execute/queue/roster.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { type Ended, MAIN, ROOT, scratch, writeConfig } from '../support/cli.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';
import { sha256 } from '../support/tables.ts';

const PASSWORD = 'correct-horse-battery';

describe.runIf(HAS_REDIS)('a sweep on a queue', () => {
  const folder = scratch();
  const config = writeConfig(folder, 'queue.json', { fanIn: [1, 64, 256], samples: 2 ** 18 });
  const hashes = (directory: string) =>
    ['tallies', 'estimates'].map((table) => sha256(join(directory, `${table}.arrow`)));
  let redis: TestRedis;
  let wanted: string[];

  beforeAll(async () => {
    redis = await TestRedis.start();
    wanted = hashes(await run('embedded'));
  });
  afterAll(() => redis.dispose());

  /** Runs the sweep by the command line. Returns the directory. */
  async function run(name: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const directory = join(folder, name);
    const { ended } = start(['run', config, '--out', directory, '--threads', '1', '--quiet', ...args], environment);
    expect(await ended).toEqual({ status: 0, stdout: '', stderr: '' });
    return directory;
  }

  it.each([1, 2, 4])('has the same bytes with %i worker processes', async (count) => {
    const workers = await Promise.all(Array.from({ length: count }, () => worker(redis.url)));
    const directory = join(folder, `workers-${count}`);
    const open = openOnQueue(queueAddress(redis.url), { taskTime: 5e6 });
    await runSweep(await loadSweep(config), { directory, threads: 1, open });
    expect(hashes(directory)).toEqual(wanted);
    const status = start(['status', '--queue', redis.url]);
    const { stdout } = await status.ended;
    expect(stdout).toContain(`${redis.url}: ${count} worker${count === 1 ? '' : 's'} with ${count} thread`);
    const done = [...stdout.matchAll(/(\d+) tasks in/g)].map(([, tasks]) => Number(tasks));
    expect(done).toHaveLength(count);
    for (const { child, ended } of workers) {
      child.kill('SIGTERM');
      expect((await ended).status).toBe(0);
    }
    expect(
      (await redis.client.keys('*')).filter((key) => !/:kernel-\d+:(events|id|meta|stalled-check)$/.test(key)),
    ).toEqual([]);
  });

  it('runs from the command line, and leaves nothing behind', async () => {
    await worker(redis.url);
    expect(hashes(await run('command-line', ['--queue', redis.url]))).toEqual(wanted);
    expect(await redis.client.keys('initsweep:results:*')).toEqual([]);
    expect(await redis.client.hgetall('initsweep:sweeps')).toEqual({});
  });

  it('says that it waits for a worker', async () => {
    await redis.client.del('initsweep:workers');
    const { child, says, ended } = start(['run', config, '--out', join(folder, 'waiting'), '--queue', redis.url]);
    await says(`no worker at this queue: waiting for one of kernel version ${KERNEL_VERSION}`);
    child.kill('SIGTERM');
    expect((await ended).status).toBe(3);
  });

  it('refuses jobs that are none, or not of the plan they name', async () => {
    const { spec, datasets } = await loadSweep(config);
    const plan = planOf(spec, datasets);
    await publishSweep(redis.client, plan, datasets);
    const { Queue } = await import('bullmq');
    const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
    const queue = new Queue(`kernel-${KERNEL_VERSION}`, { connection, prefix: 'initsweep' });
    const ranges = { inputs: [0, 2], fanIns: [0, 3], blocks: [0, 8] } as const;
    const job: QueueJob = { kind: 'simulate', kernel: KERNEL_VERSION, plan: plan.hash, band: 1, ...ranges };
    const hostile: readonly (readonly [data: unknown, reason: RegExp])[] = [
      ['rm -rf /', /no job of initsweep/],
      [{ ...job, kind: 'shell' }, /no job of initsweep/],
      [{ ...job, file: '/etc/passwd' }, /no job of initsweep/],
      [{ ...job, blocks: [8, 8] }, /no job of initsweep/],
      [{ ...job, plan: '../../etc/passwd' }, /no job of initsweep/],
      [{ ...job, kernel: '0' }, /a job of kernel version 0 for a worker of \d/],
      [{ ...job, plan: 'a'.repeat(64) }, /no sweep of this plan/],
      [{ ...job, blocks: [0, 9e6] }, /no such work in plan/],
      [{ ...job, inputs: [1, 3] }, /no such work in plan/],
      [{ ...job, band: 64 }, /no such work in plan/],
    ];
    await worker(redis.url);
    const fate = async (data: unknown, jobId: string): Promise<string> => {
      await queue.add('simulate', data, { jobId });
      const reason = async () => (await queue.getJob(jobId))?.failedReason ?? '';
      await expect.poll(reason, { timeout: 10_000 }).not.toBe('');
      return reason();
    };
    for (const [i, [data, reason]] of hostile.entries()) {
      const isJob = readJob(data) !== null;
      expect(await fate(data, isJob ? idOf(data as QueueJob) : `hostile-${i}`)).toMatch(reason);
    }
    expect(await fate(job, 'by-another-name')).toMatch(/no job of initsweep/);
    await queue.obliterate({ force: true });
    await queue.close();
    await redis.client.flushall();
  });

  it('refuses, clearly, a sweep of another kernel version', async () => {
    const { says } = await worker(redis.url);
    const report = { name: 'old', kernel: '0', host: 'elsewhere', pid: 1, age: 0, done: 0, pending: 1, failed: 0 };
    await reportSweep(redis.client, 'f'.repeat(64), report);
    await says(`sweep old is refused: it needs kernel version 0, and this worker has ${KERNEL_VERSION}`);
    await redis.client.del('initsweep:sweeps');
  });

  describe('behind a password', () => {
    let guarded: TestRedis;
    let url: string;

    beforeAll(async () => {
      guarded = await TestRedis.start();
      const acl = /^ACL SETUSER initsweep (.*)$/m.exec(readFileSync(join(ROOT, 'docs/clusters.md'), 'utf8'))?.[1] ?? '';
      const words = acl.replace('>PASSWORD', `>${PASSWORD}`).split(' ');
      await guarded.client.call('ACL', 'SETUSER', 'initsweep', ...words);
      await guarded.client.call('ACL', 'SETUSER', 'default', '>other');
      url = guarded.url.replace('//', `//initsweep:${PASSWORD}@`);
    });
    afterAll(() => guarded.dispose());

    it('runs as a user who may do nothing else, and tells the password nobody', async () => {
      const environment = { INITSWEEP_QUEUE_URL: url };
      const file = join(folder, 'url');
      writeFileSync(file, `${url}\n`);
      const { child, said } = await worker('env', environment);
      const directory = await run('guarded', ['--queue', `file:${file}`]);
      expect(hashes(directory)).toEqual(wanted);
      expect(await guarded.client.call('ACL', 'LOG')).toEqual([]);
      const places = [
        said(),
        readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'),
        readFileSync(join(directory, 'manifest.json'), 'utf8'),
        readFileSync(join(directory, 'sweep.json'), 'utf8'),
        readFileSync(join(guarded.directory, 'appendonlydir/appendonly.aof.1.incr.aof'), 'latin1'),
      ];
      for (const place of places) {
        expect(place).not.toBe('');
        expect(place).not.toContain(PASSWORD);
      }
      const user = guarded.client.duplicate({ username: 'initsweep', password: PASSWORD });
      for (const forbidden of [
        'FLUSHALL',
        'KEYS *',
        'CONFIG GET *',
        'SET other 1',
        'GET other',
        'ACL LIST',
        'SHUTDOWN',
      ])
        await expect(user.call(...(forbidden.split(' ') as [string]))).rejects.toThrow('NOPERM');
      user.disconnect();
    });

    it.each([
      ['a wrong password', `initsweep:wrong-${PASSWORD}@`],
      ['no password', ''],
    ])('says at once that it is refused with %s', async (_, credentials) => {
      for (const verb of [['worker'], ['run', config, '--out', join(folder, 'refused')], ['status']]) {
        const wrong = guarded.url.replace('//', `//${credentials}`);
        const { ended } = start([...verb, '--queue', 'env'], { INITSWEEP_QUEUE_URL: wrong });
        const { status, stderr } = await ended;
        expect(status).toBe(2);
        expect(stderr).toMatch(/a user or password that Redis refuses \((WRONGPASS|NOAUTH)/);
        expect(stderr).not.toContain(PASSWORD);
      }
    });

    it('takes no password from the command line', async () => {
      const { status, stderr } = await start(['worker', '--queue', url]).ended;
      expect(status).toBe(2);
      expect(stderr).toContain('received an address with a password');
      expect(stderr).not.toContain(PASSWORD);
    });
  });

  it('runs over TLS, and refuses a server whose certificate nobody has vouched for', async () => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject];
    execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const plain = await TestRedis.start();
    onTestFinished(() => plain.dispose());
    await plain.end();
    const tls = await TestRedis.start(
      '--port',
      '0',
      '--tls-port',
      String(plain.port),
      '--tls-cert-file',
      certificate,
      '--tls-key-file',
      key,
      '--tls-ca-cert-file',
      certificate,
      '--tls-auth-clients',
      'no',
    );
    onTestFinished(() => tls.dispose());
    const url = `rediss://localhost:${plain.port}`;
    const trust = { NODE_EXTRA_CA_CERTS: certificate };
    await worker(url, trust);
    expect(hashes(await run('tls', ['--queue', url], trust))).toEqual(wanted);
    const { status, stderr } = await start(['worker', '--queue', url]).ended;
    expect(status).toBe(4);
    expect(stderr).toContain('self-signed certificate');
  });

  it('says at once that nothing answers', async () => {
    const { status, stderr } = await start(['worker', '--queue', 'redis://127.0.0.1:1']).ended;
    expect(status).toBe(4);
    expect(stderr).toMatch(/^initsweep: redis:\/\/127\.0\.0\.1:1: received no answer \(.*ECONNREFUSED/);
  });

  it('refuses a Redis that drops what it has no room for', async () => {
    await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { status, stderr } = await start(['worker', '--queue', redis.url]).ended;
    await redis.client.config('SET', 'maxmemory-policy', 'noeviction');
    expect(status).toBe(2);
    expect(stderr).toContain('maxmemory-policy allkeys-lru');
  });
});

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on stderr. */
  readonly said: () => string;
  says(what: string): Promise<void>;
}

/** Starts the command line; what still runs when the test has finished is killed. */
function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  const says = (what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(what)) resolve();
      };
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`ended without saying ${what}: ${stderr}`)));
      look();
    });
  return { child, ended, said: () => stderr, says };
}

/** A worker of one thread, ready; killed when the test has finished. */
async function worker(queue: string, environment: NodeJS.ProcessEnv = {}): Promise<Started> {
  const started = start(['worker', '--queue', queue, '--threads', '1'], environment);
  onTestFinished(() => void started.child.kill('SIGKILL'));
  await started.says('worker ready');
  return started;
}
