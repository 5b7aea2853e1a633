import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ROOT, scratch, writeConfig } from '../support/cli.ts';
import { runQuietly, start, startCliWorker } from '../support/queue-cli.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

const PASSWORD = 'correct-horse-battery';

describe.runIf(HAS_REDIS)('a queue', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'values.csv'), 'value\n1\n2\n3.5\n-7\n');
  const inputs = ['normal', { kind: 'empirical', file: 'values.csv', column: 'value' }];
  const config = writeConfig(folder, 'queue.json', { fanIn: [1, 64, 256], samples: 2 ** 18, inputs });
  let redis: TestRedis;
  let wanted: string[];

  beforeAll(async () => {
    redis = await TestRedis.start();
    wanted = await run('embedded');
  });
  afterAll(() => redis.dispose());

  const run = (name: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) =>
    runQuietly(config, join(folder, name), args, environment);

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
      const { child, said } = await startCliWorker('env', environment);
      const directory = join(folder, 'guarded');
      expect(await run('guarded', ['--queue', `file:${file}`])).toEqual(wanted);
      const extended = start(
        ['extend', directory, '--samples', String(2 ** 19), '--quiet', '--queue', 'env'],
        environment,
      );
      expect(await extended.ended).toEqual({ status: 0, stdout: '', stderr: '' });
      const status = await start(['status', '--queue', 'env'], environment).ended;
      expect(status).toMatchObject({ status: 0, stderr: '' });
      expect(status.stdout).toContain('1 worker with 1 thread');
      expect(await guarded.client.call('ACL', 'LOG')).toEqual([]);
      const places = [
        said(),
        status.stdout,
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
    await startCliWorker(url, trust);
    expect(await run('tls', ['--queue', url], trust)).toEqual(wanted);
    const { status, stderr } = await start(['worker', '--queue', url]).ended;
    expect(status).toBe(4);
    expect(stderr).toContain('self-signed certificate');
  });

  it.each(['--check', '--watch'])('has no status with %s, which is of runs', async (flag) => {
    const { status, stderr } = await start(['status', '--queue', redis.url, flag]).ended;
    expect(status).toBe(2);
    expect(stderr).toContain(`initsweep: ${flag}: received --queue as well; allowed: the directory of a run`);
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
