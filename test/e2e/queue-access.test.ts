import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { scratch, writeConfig } from '../support/cli.ts';
import { hashes, runQuietly, start, startCliWorker } from '../support/queue-cli.ts';
import { HAS_REDIS, PASSWORD, TestRedis } from '../support/redis.ts';

/** Of keys that are not initsweep's, of names of all keys, of other clients, and of the server itself. */
const FORBIDDEN = [
  ...['SET other 1', 'GET other', 'DEL other', 'RENAME other initsweep:x', 'COPY other initsweep:x'],
  ...['KEYS *', 'SCAN 0', 'RANDOMKEY', 'DBSIZE', 'FLUSHDB', 'FLUSHALL', 'SWAPDB 0 1', 'MOVE initsweep:x 2'],
  ...['SCRIPT FLUSH', 'SCRIPT KILL', 'FUNCTION LIST', 'FUNCTION DELETE x', 'FUNCTION FLUSH', 'FCALL x 0'],
  ...['CLIENT LIST', 'CLIENT KILL ID 1', 'CLIENT TRACKING ON', 'CLIENT PAUSE 1', 'PUBLISH other 1'],
  ...['ACL LIST', 'ACL WHOAMI', 'CONFIG GET *', 'SAVE', 'SHUTDOWN', 'WAIT 0 0', 'SORT initsweep:x'],
];

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
      await closeToOthers();
      url = guarded.url.replace('//', `//initsweep:${PASSWORD}@`);
    });
    afterAll(() => guarded.dispose());

    const closeToOthers = () => guarded.client.call('ACL', 'SETUSER', 'default', '>other');

    it('runs as a user who may do nothing else, through a restart, and tells the password nobody', async () => {
      const environment = { INITSWEEP_QUEUE_URL: `${url}/1` };
      const file = join(folder, 'url');
      writeFileSync(file, `${url}/1\n`);
      const directory = join(folder, 'guarded');
      const queue = ['--queue', `file:${file}`, '--log-format', 'json'];
      const run = start(['run', config, '--out', directory, '--threads', '1', ...queue]);
      await run.says('no worker at this queue');
      const processes = [run.child.pid as number];
      await guarded.end();
      await run.says('the queue does not answer');
      await guarded.begin();
      await closeToOthers();
      await run.says('the queue is back');
      const worker = await startCliWorker(`${url}/1`);
      processes.push(worker.child.pid as number);
      const told = processes.flatMap(tellsEverybody);
      const { status, stdout, stderr } = await run.ended;
      expect(status, stderr).toBe(0);
      expect(hashes(directory)).toEqual(wanted);
      const extended = start(
        ['extend', directory, '--samples', String(2 ** 19), '--quiet', '--queue', 'env'],
        environment,
      );
      expect(await extended.ended).toEqual({ status: 0, stdout: '', stderr: '' });
      const shown = await start(['status', '--queue', 'env'], environment).ended;
      expect(shown).toMatchObject({ status: 0, stderr: '' });
      expect(shown.stdout).toContain('1 worker with 1 thread');
      expect(await guarded.refused()).toEqual([]);
      // All of it is in the database of the address.
      expect(await guarded.client.keys('*')).toEqual([]);
      const places = [
        ...[stdout, stderr, worker.said(), shown.stdout, ...told],
        readFileSync(join(directory, 'manifest.json'), 'utf8'),
        readFileSync(join(directory, 'sweep.json'), 'utf8'),
        readFileSync(join(guarded.directory, 'appendonlydir/appendonly.aof.1.incr.aof'), 'latin1'),
      ];
      for (const place of places) {
        expect(place).not.toBe('');
        expect(place).not.toContain(PASSWORD);
      }
      const user = guarded.client.duplicate({ username: 'initsweep', password: PASSWORD });
      onTestFinished(() => user.disconnect());
      for (const forbidden of FORBIDDEN)
        await expect(user.call(...(forbidden.split(' ') as [string])), forbidden).rejects.toThrow('NOPERM');
      await expect(user.eval("return redis.call('KEYS', '*')", 0)).rejects.toThrow("can't run this command");
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

/** What anybody on this machine can read of a process: its arguments, and the names of its threads. */
function tellsEverybody(pid: number): string[] {
  const folder = `/proc/${pid}`;
  const threads = readdirSync(join(folder, 'task')).map((thread) => join('task', thread, 'comm'));
  return ['cmdline', ...threads].map((file) => readFileSync(join(folder, file), 'utf8'));
}
