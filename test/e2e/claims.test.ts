import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ended, MAIN, ROOT, scratch, writeConfig } from '../support/cli.ts';

const folder = scratch();

/** The command line with `folder` as its working directory. */
function here(...args: string[]): Ended {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', cwd: folder, maxBuffer: 2 ** 28 });
}

const claim = (id: string, onlyIf?: string) => ({
  id,
  says: `${id} is so`,
  because: `${id} was made so`,
  ...(onlyIf === undefined ? {} : { onlyIf }),
});
const third = (changes: object = {}) => ({
  statistic: 'z_var',
  where: 'initializer = standard_uniform and input = normal',
  relation: 'equals',
  value: '1/3',
  ...changes,
});
const raw = {
  shows: 'limit',
  statistic: 'z_var',
  where: "initializer = standard_uniform and input like 'bernoulli*'",
  relation: 'differs',
  value: '1/3',
  tolerance: 10,
};

const config = (name: string, changes: Readonly<Record<string, unknown>> = {}) =>
  writeConfig(folder, `${name}.json`, { name, claim: claim(name), expect: [third()], ...changes });

const outcomes = (text: string) => JSON.parse(text) as Readonly<Record<string, unknown>>;
const out = (name: string) => join(folder, 'output', name);

beforeAll(() => {
  const configs = [config('one'), config('two', { claim: claim('two', 'inputs are centred'), expect: [third(), raw] })];
  expect(here('run', ...configs, '--quiet')).toMatchObject({ status: 0, stderr: '', stdout: '' });
});

describe('run with several configs', () => {
  it('runs each into a directory of its own', () => {
    expect(readdirSync(join(folder, 'output')).sort()).toEqual(['one', 'two']);
  });

  it('checks all of them before the first one starts', () => {
    const good = config('never');
    const broken = config('broken', { expect: [third({ where: 'inputs = normal' })], samples: -1 });
    const misfit = config('misfit', { expect: [third({ where: 'inputs = normal' })] });
    const { status, stderr } = here('run', good, broken, misfit);
    expect(status).toBe(2);
    expect(stderr).toMatch(/broken\.json:\d+:\d+ samples: received -1/);
    expect(stderr).toMatch(/misfit\.json:\d+:\d+ expect\[0\]\.where, column 1: received inputs/);
    expect(existsSync(out('never'))).toBe(false);
  });

  it('refuses one directory for several', () => {
    const { status, stderr } = here('run', config('one'), config('two'), '--out', 'both');
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--out: received one directory for 2 configs'),
    });
    const same = writeConfig(folder, 'same.json', { name: 'one' });
    expect(here('run', config('one'), same)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('received a sweep that goes to output/one; allowed: sweeps of different names'),
    });
  });

  it('goes on after one that fails, and exits with the worst code', () => {
    mkdirSync(out('taken'), { recursive: true });
    writeFileSync(join(out('taken'), 'notes.txt'), 'not a run');
    const { status, stderr } = here('run', config('taken'), config('after'), '--quiet');
    expect(status).toBe(2);
    expect(stderr).toContain('output/taken: received a directory with other files in it');
    expect(here('verify', 'output/after').status).toBe(0);
  });

  it('lets no later error hide a worse code', () => {
    const failed = ['--import', 'data:text/javascript,process.exitCode=4'];
    const { status } = spawnSync(process.execPath, [...failed, MAIN, 'status', 'nowhere'], { cwd: folder });
    expect(status).toBe(4);
  });

  it('stops all of them at a signal', async () => {
    const large = (name: string) => config(name, { samples: 2 ** 28, fanIn: [4096] });
    const dir = join(folder, 'stopped');
    mkdirSync(dir);
    const [first, second] = [large('first'), large('second')];
    const args = [MAIN, 'run', first, second, '--log-format', 'json'];
    const child = spawn(process.execPath, args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      const ended = new Promise<number | null>((done) => child.on('close', done));
      // The first line of progress: the first run is under way.
      await new Promise((begun) => child.stderr.once('data', begun));
      child.kill('SIGINT');
      expect(await ended).toBe(3);
    } finally {
      child.kill('SIGKILL');
    }
    expect(existsSync(join(dir, 'output/second'))).toBe(false);
  });
});

describe('verify with expectations', () => {
  it('prints the verdict of one run behind its theory', () => {
    const { status, stdout } = here('verify', 'output/one');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^agrees: \d+ tests, no contradiction/m);
    expect(stdout).toMatch(
      /^claim {2}z_var +12 +0\.\d+ ± 0\.\d+ {2}= 1\/3 +0\.333333 {2}[\d.]+ ≤ 4\.\d+ errors {2}yes/m,
    );
    expect(stdout).toMatch(/^one holds: one was made so$/m);
  });

  it('prints a table of several', () => {
    const { status, stdout } = here('verify', 'output/one', 'output/two');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^output\/one +\d+ +0 +1 +0 +0$/m);
    expect(stdout).toMatch(
      /^output\/one +one +holds +z_var +0\.\d+ ± 0\.\d+ {2}= 1\/3 +\S.*\n {2}one holds: one was made so$/m,
    );
    expect(stdout).toMatch(
      /^output\/two +two +holds only if +z_var +.*\n {2}two holds only if inputs are centred: two was made so$/m,
    );
  });

  it('gives both to programs', () => {
    const one = outcomes(here('verify', 'output/one', '--format', 'json').stdout);
    expect(one).toMatchObject({ run: 'output/one', verdict: 'agrees', passed: true, claim: { verdict: 'holds' } });
    const both = outcomes(here('verify', 'output/one', 'output/two', '--format', 'json').stdout);
    expect(both).toMatchObject([{ run: 'output/one' }, { run: 'output/two', claim: { verdict: 'holds only if' } }]);
  });

  it('has nothing to say of a run that expects nothing', () => {
    const plain = writeConfig(folder, 'plain.json', { name: 'plain' });
    expect(here('run', plain, '--quiet').status).toBe(0);
    expect(here('verify', 'output/plain').stdout).not.toContain('expect');
    expect(outcomes(here('verify', 'output/plain', '--format', 'json').stdout)).toMatchObject({
      claim: null,
      passed: true,
    });
  });

  it.each([
    ['a wrong value', [third({ value: 0.5 })], '0.333333'],
    ['a limit that is none', [third(), { ...raw, value: '1/6' }], '1/6'],
    ['a precision that is not reached', [third({ within: 1e-4 })], '1e-4'],
  ])('exits with 1 on %s, without another simulation', (_, expect_) => {
    const limited = expect_.length > 1 ? { claim: claim('one', 'so') } : {};
    const before = statSync(join(out('one'), 'tallies.arrow')).mtimeMs;
    try {
      const changed = here('run', config('one', { expect: expect_, ...limited }));
      expect(changed).toMatchObject({ status: 0, stderr: expect.stringContaining('holds this run already') });
      expect(statSync(join(out('one'), 'tallies.arrow')).mtimeMs).toBe(before);
      const { status, stdout } = here('verify', 'output/one', 'output/two');
      expect(status).toBe(1);
      expect(stdout).toMatch(/^output\/one +\d+ +0 +\d +1 +0$/m);
      expect(stdout).toMatch(/ NO\b/);
      expect(stdout).toMatch(/^one not as expected: 1 of \d expectations not met$/m);
    } finally {
      expect(here('run', config('one'), '--quiet').status).toBe(0);
    }
    expect(here('verify', 'output/one').status).toBe(0);
  });

  it('tells of a run that cannot be verified, and verifies the others', () => {
    const missing = here('verify', 'output/none', 'output/one', '--format', 'json');
    expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining('output/none: ') });
    expect(outcomes(missing.stdout)).toMatchObject([{ run: 'output/one', passed: true }]);
    expect(here('verify', 'output/one', 'output/none', 'output/two').stdout).toMatch(/^output\/two +\d+ +0 +2 +0 +0$/m);
    expect(here('verify', 'output/none')).toMatchObject({ status: 2, stdout: '' });
  });

  it('finds that a claim fails, where its config says so, and exits with 1 where it does not fail', () => {
    const failing = (value: string) =>
      config('failing', {
        expect: [{ ...third(), shows: 'failure', relation: 'differs', value }],
      });
    expect(here('run', failing('1/6'), '--quiet').status).toBe(0);
    const fails = here('verify', 'output/failing');
    expect(fails.status).toBe(0);
    expect(fails.stdout).toMatch(/^failure +z_var +12 +0\.\d+ ± 0\.\d+ {2}≠ 1\/6 .* yes /m);
    expect(fails.stdout).toMatch(/^failing fails: failing was made so$/m);
    expect(here('run', failing('1/3'), '--quiet').status).toBe(0);
    const holds = here('verify', 'output/failing');
    expect(holds.status).toBe(1);
    expect(holds.stdout).toMatch(/^failure +z_var +12 .* NO, 12 of 12 rows /m);
    expect(holds.stdout).toMatch(/^failing not as expected: 1 of 1 expectations not met$/m);
  });

  it('refuses an expectation that no row matches', () => {
    expect(here('run', config('one', { expect: [third({ where: 'fan_in = 17' })] }), '--quiet').status).toBe(0);
    const { status, stderr } = here('verify', 'output/one');
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expect[0].where: received fan_in = 17'),
    });
    expect(here('run', config('one'), '--quiet').status).toBe(0);
  });

  it('refuses expectations that were damaged in the run’s file', () => {
    const file = join(out('two'), 'sweep.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"differs"', '"is"'));
    expect(here('verify', 'output/two')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('a damaged file'),
    });
    writeFileSync(file, text);
    expect(here('verify', 'output/two').status).toBe(0);
  });

  it('keeps them when a run is extended, and when shares are merged', () => {
    const long = config('long');
    expect(here('run', long, '--quiet').status).toBe(0);
    expect(here('extend', 'output/long', '--samples', '32768', '--quiet').status).toBe(0);
    expect(here('verify', 'output/long').stdout).toMatch(/^long holds: /m);
    for (const share of ['0/2', '1/2']) expect(here('run', long, '--shard', share, '--quiet').status).toBe(0);
    const shares = ['output/long.0-of-2', 'output/long.1-of-2'];
    expect(here('merge', ...shares, '--out', 'output/merged', '--quiet').status).toBe(0);
    expect(here('verify', 'output/merged').stdout).toMatch(/^long holds: /m);
  });
});

describe('the document of claims', () => {
  it('says so where a run is not as expected, and is not to be taken', () => {
    const top = join(folder, 'top');
    mkdirSync(join(top, 'configs/claims'), { recursive: true });
    symlinkSync(join(ROOT, 'dist'), join(top, 'dist'));
    for (const [name, value] of [
      ['good', '1/3'],
      ['bad', '1/2'],
    ] as const)
      writeConfig(top, `configs/claims/${name}.yaml`, { name, claim: claim(name), expect: [third({ value })] });
    const script = join(ROOT, 'scripts/claims-document.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: top, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'configs/claims/bad.yaml: bad not as expected: 1 of 1 expectations not met\n',
    });
    expect(stdout).toContain('**bad not as expected**: 1 of 1 expectations not met. (');
    expect(stdout).toContain('**good holds**: good was made so. (');
  });
});

describe('the claims', () => {
  /** Quick ones; test/slow has all of them. */
  const QUICK = ['C1', 'C2'];

  it('are documented as a run of them finds them (npm run docs:claims)', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/claims-document.mjs', ...QUICK], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toContain('not as expected');
    const documented = readFileSync(join(ROOT, 'docs/claims.md'), 'utf8');
    const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('| [C'));
    const sections = (text: string) =>
      text
        .trimEnd()
        .split(/\n+(?=## )/)
        .slice(1);
    expect(lines(stdout)).toHaveLength(QUICK.length);
    expect(lines(documented)).toEqual(expect.arrayContaining(lines(stdout)));
    expect(sections(stdout)).toHaveLength(QUICK.length);
    expect(sections(documented)).toEqual(expect.arrayContaining(sections(stdout)));
  });
});
