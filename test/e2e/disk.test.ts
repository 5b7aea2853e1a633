import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.ts';
import { type Ended, initsweep, MAIN, ROOT, scratch, shell, startInitsweep, writeConfig } from '../support/cli.ts';
import { sha256 } from '../support/tables.ts';

const folder = scratch();
const whole = join(folder, 'whole');
const config = writeConfig(folder, 'sweep.json', { samples: 131_072 });
/** Some seconds of work. */
const long = writeConfig(folder, 'long.json', { fanIn: { from: 1, to: 4096, scale: 'log2' }, samples: 2 ** 21 });
const TABLES = ['estimates.arrow', 'tallies.arrow'];

const hashes = (directory: string) => TABLES.map((table) => sha256(join(directory, table)));
const manifestOf = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
const run = (out: string, ...flags: string[]): Ended =>
  initsweep('run', config, '--out', out, '--threads', '1', '--quiet', ...flags);

/** A fault that is told in a line, not in a stack. */
function expectMessage({ status, stderr }: Ended, code?: number): void {
  expect(stderr).toMatch(/(^|\n)initsweep: .+\n$/);
  expect(stderr).not.toMatch(/fault of/);
  if (code === undefined) expect([2, 4], stderr).toContain(status);
  else expect(status, stderr).toBe(code);
}

/** Runs again: everything is mended. */
function expectWhole(out: string): void {
  const { status, stderr } = run(out);
  expect(status, stderr).toBe(0);
  expect(hashes(out)).toEqual(hashes(whole));
  expect(readdirSync(out).sort()).toEqual(['estimates.arrow', 'manifest.json', 'sweep.json', 'tallies.arrow']);
}

/** Resolves when a file that is meant appears or changes in a folder. */
function change(path: string, isMeant: (name: string) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(path, (_, name) => {
      if (name === null || !isMeant(name)) return;
      watcher.close();
      resolve();
    });
  });
}

beforeAll(() => {
  process.env['INITSWEEP_JOURNAL_INTERVAL'] = '5';
  expect(run(whole).status).toBe(0);
});
afterAll(() => {
  delete process.env['INITSWEEP_JOURNAL_INTERVAL'];
});

describe('a small disk', () => {
  const disk = join(folder, 'disk');
  const mount = (...options: string[]) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(), 'initsweep', disk], { encoding: 'utf8' });
  let refused = '';

  beforeAll(() => {
    mkdirSync(disk);
    const { status, stderr, error } = mount('size=64m');
    if (status !== 0) refused = `no disk may be mounted here: ${stderr ?? error}`;
    if (refused !== '') console.warn(`left out: ${refused}`);
    // CI is root and may: what is left out there would be forgotten.
    if (process.env['CI'] === 'true') expect(refused).toBe('');
  });
  beforeEach((context) => {
    if (refused !== '') context.skip(refused);
  });
  afterAll(() => {
    if (refused === '') spawnSync('umount', [disk]);
  });

  it.each(['4k', '8k', '16k', '256k', '4m'])(
    'that is full at %s says so, is clean, and once there is room goes on',
    (size) => {
      const out = join(disk, 'run');
      mount(`remount,size=${size}`);
      const failed = run(out);
      expectMessage(failed, 4);
      expect(failed.stderr).toContain(`${out}/`);
      expect(failed.stderr).toContain('received ENOSPC: no space left on device; allowed: a disk with room');
      const left = readdirSync(out);
      expect(left.filter((name) => !['sweep.json', 'manifest.json', 'journal'].includes(name))).toEqual([]);
      // A disk that is full to the last byte keeps the manifest from saying more.
      if (left.includes('manifest.json')) expect(['failed', 'running']).toContain(manifestOf(out).status);
      mount('remount,size=64m');
      expectWhole(out);
      rmSync(out, { recursive: true });
    },
  );

  it('that is read-only is refused, but a finished run on it can be read', () => {
    const [begun, finished] = [join(disk, 'begun'), join(disk, 'finished')];
    mkdirSync(begun);
    cpSync(whole, finished, { recursive: true });
    mount('remount,ro');
    const refusals = [run(join(disk, 'new')), run(begun), run(finished, '--fresh')];
    for (const refusal of refusals) {
      expectMessage(refusal);
      expect(refusal.stderr).toContain('EROFS: read-only file system');
    }
    for (const reading of [run(finished), initsweep('status', finished, '--check'), initsweep('verify', finished)])
      expect(reading.status).toBe(0);
    expect(hashes(finished)).toEqual(hashes(whole));
    mount('remount,rw');
    expectWhole(begun);
  });
});

describe('a run directory', () => {
  it('that is removed during the run ends it, and does not come back', async () => {
    const out = join(folder, 'removed');
    mkdirSync(out);
    const begun = change(out, (name) => name.startsWith('.tallies.arrow'));
    const { ended } = startInitsweep('run', long, '--out', out, '--threads', '1', '--quiet');
    await begun;
    // Moved before it is removed: nothing can be made in it meanwhile.
    renameSync(out, `${out}-2`);
    rmSync(`${out}-2`, { recursive: true });
    const result = await ended;
    expectMessage(result);
    expect(result.stderr).toMatch(/run again/);
    expect(existsSync(out)).toBe(false);
    expectWhole(out);
  });

  it.each(TABLES)('whose %s has another size is mended by the same command', (table) => {
    const out = join(folder, `cut-${table}`);
    cpSync(whole, out, { recursive: true });
    truncateSync(join(out, table), 5000);
    expect(initsweep('status', out, '--check').status).toBe(1);
    const reading = table === 'tallies.arrow' ? ['derive', '--beta', '2', '--out', join(folder, 'none')] : ['show'];
    for (const [verb, ...flags] of [['verify'], reading]) {
      const refused = initsweep(verb as string, out, ...flags);
      expectMessage(refused, 2);
      expect(refused.stderr).toContain('repeat the command that made the run');
    }
    expectWhole(out);
    expect(initsweep('status', out, '--check').status).toBe(0);
  });

  it.each(TABLES)('whose %s has another byte is found by status --check, and mended by the same command', (table) => {
    const out = join(folder, `flipped-${table}`);
    cpSync(whole, out, { recursive: true });
    const bytes = readFileSync(join(out, table));
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(join(out, table), bytes);
    const { status, stdout } = initsweep('status', out, '--check');
    expect(status).toBe(1);
    expect(stdout).toContain(table);
    expect(initsweep('status', out).status).toBe(0);
    expectWhole(out);
  });

  it('whose table is another file altogether is no run to read, and is not trusted', () => {
    const out = join(folder, 'replaced');
    cpSync(whole, out, { recursive: true });
    writeFileSync(join(out, 'tallies.arrow'), 'notes');
    rmSync(join(out, 'estimates.arrow'));
    mkdirSync(join(out, 'estimates.arrow'));
    expect(initsweep('status', out, '--check').status).toBe(1);
    expectMessage(initsweep('show', out), 2);
    // What somebody put there is not removed.
    expectMessage(run(out), 4);
    rmSync(join(out, 'estimates.arrow'), { recursive: true });
    expectWhole(out);
  });
});

describe.skipIf(process.platform === 'win32')('a pipe that nobody writes into', () => {
  /** With a limit: what waits for the pipe never ends. */
  const attempt = (...args: string[]): Ended =>
    spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      cwd: ROOT,
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
  const withPipe = (file: string): string => {
    const directory = join(folder, 'piped');
    rmSync(directory, { recursive: true, force: true });
    cpSync(whole, directory, { recursive: true });
    rmSync(join(directory, file), { force: true });
    expect(spawnSync('mkfifo', [join(directory, file)]).status).toBe(0);
    return directory;
  };

  it.each(['sweep.json', 'manifest.json'])('in the place of %s is refused', (file) => {
    const directory = withPipe(file);
    for (const verb of ['status', 'verify']) {
      const ended = attempt(verb, directory);
      expectMessage(ended, 2);
      expect(ended.stderr).toContain(`${file}: received a pipe or a device; allowed: a file; remove it`);
    }
    expectMessage(attempt('run', config, '--out', directory, '--quiet'), 2);
  });

  it.each(TABLES)('in the place of %s is no table', (file) => {
    const directory = withPipe(file);
    const status = attempt('status', directory, '--check');
    expect(status.status, status.stderr).toBe(1);
    expect(status.stdout).toMatch(new RegExp(`${file}: .*CHANGED`));
    expectMessage(attempt('verify', directory), 2);
    if (file === 'estimates.arrow') expectMessage(attempt('show', directory), 2);
  });

  it('in the place of the lock counts as a lock without an owner, which is stale after seconds', () => {
    const directory = withPipe('lock');
    expect(attempt('status', directory).status).toBe(0);
    const fresh = attempt('run', config, '--out', directory, '--quiet', '--fresh');
    expectMessage(fresh, 2);
    expect(fresh.stderr).toContain('a lock without an owner');
    utimesSync(join(directory, 'lock'), 1, 1);
    expect(attempt('run', config, '--out', directory, '--quiet', '--fresh').status).toBe(0);
    expect(hashes(directory)).toEqual(hashes(whole));
  });
});

describe('standard streams', () => {
  const command = (out: string) => `initsweep run "${config}" --out "${out}" --threads 1 --log-format json`;

  it('that take no results make a run fail, whose tables are in place', () => {
    const out = join(folder, 'stdout-full');
    const full = shell(`${command(out)} > /dev/full`);
    expectMessage(full, 4);
    expect(full.stderr).toContain('standard output: received ENOSPC: no space left on device');
    expect(hashes(out)).toEqual(hashes(whole));
    expect(manifestOf(out).status).toBe('finished');
    for (const verb of [`status "${out}"`, `show "${out}"`, `plan "${config}"`, '--help']) {
      const { status, stderr } = shell(`initsweep ${verb} > /dev/full`);
      expect(status, verb).toBe(4);
      expect(stderr, verb).toMatch(/^initsweep: standard output: received ENOSPC.+\n$/);
    }
  });

  it.each([
    ['full', '2> /dev/full > /dev/null', 0],
    ['closed', '2>&- > /dev/null', 0],
    ['both closed', '2>&- >&-', 0],
    ['both full', '2> /dev/full > /dev/full', 4],
    ['a pipe that nobody reads', '2> >(true) > >(true)', 0],
  ])('that take no progress (%s) do not touch the run', (name, redirection, status) => {
    const out = join(folder, `stderr-${name}`);
    expect(shell(`${command(out)} ${redirection}`).status).toBe(status);
    expect(hashes(out)).toEqual(hashes(whole));
    expect(manifestOf(out)).toMatchObject({ status: 'finished', failures: [] });
  });

  it('that take no message do not change the exit code', () => {
    expect(shell('initsweep run nowhere.yaml 2> /dev/full').status).toBe(2);
    expect(shell('initsweep run nowhere.yaml 2>&-').status).toBe(2);
  });

  it('go with a terminal that is closed, and the run stops in order', async () => {
    const out = join(folder, 'hung-up');
    mkdirSync(out);
    const begun = change(out, (name) => name.startsWith('.tallies.arrow'));
    const { child, ended } = startInitsweep('run', long, '--out', out, '--threads', '2');
    await begun;
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.kill('SIGHUP');
    expect((await ended).status).toBe(3);
    expect(manifestOf(out)).toMatchObject({ status: 'stopped', error: null });
    expect(readdirSync(out).filter((name) => name.endsWith('.tmp') || name === 'lock')).toEqual([]);
  });
});
