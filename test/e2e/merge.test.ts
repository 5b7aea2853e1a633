import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.ts';
import { initsweep, scratch, writeConfig } from '../support/cli.ts';
import { sha256 } from '../support/tables.ts';

const folder = scratch();
const keys = {
  fanIn: [4, 64],
  inputs: ['normal', 'bernoulli'],
  initializers: ['standard_uniform', 'zeros', 'he_normal'],
  beta: [0.5, 2],
  samples: 16384,
};
const config = writeConfig(folder, 'sweep.json', keys);
const at = (name: string) => join(folder, name);
const manifestOf = (name: string) => JSON.parse(readFileSync(join(at(name), 'manifest.json'), 'utf8')) as Manifest;
const hashes = (name: string) => ['tallies', 'estimates'].map((table) => sha256(join(at(name), `${table}.arrow`)));
const run = (name: string, ...flags: string[]) =>
  initsweep('run', config, '--out', at(name), '--quiet', '--threads', '1', ...flags);
const merge = (out: string, ...runs: string[]) =>
  initsweep('merge', ...runs.map(at), '--out', at(out), '--threads', '1', '--quiet');

beforeAll(() => {
  expect(run('whole').status).toBe(0);
  for (const i of [0, 1, 2]) expect(run(`part-${i}`, '--shard', `${i}/3`).status).toBe(0);
});

describe('shares of a run', () => {
  it('have tallies of their blocks alone, and say so where estimates are wanted', () => {
    expect(manifestOf('part-1')).toMatchObject({ status: 'finished', shard: { index: 1, of: 3 }, blocks: [21, 42] });
    for (const verb of [['verify'], ['show'], ['derive', '--beta', '1', '--out', at('none')]]) {
      const { status, stderr } = initsweep(verb[0] as string, at('part-1'), ...verb.slice(1));
      expect(status).toBe(2);
      expect(stderr).toContain('share 1/3 of a run, which has no estimates');
      expect(stderr).toContain('initsweep merge');
    }
    expect(run('part-1', '--shard', '2/3').stderr).toContain('shard 1/3, not shard 2/3');
    expect(run('part-1').stderr).toContain('shard 1/3, not no shard');
    for (const wrong of ['3/3', '1', '-1/3', '1/0', 'a/b']) {
      const refused = run('wrong', '--shard', wrong);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain('Allowed: i/n with i from 0 to n − 1');
    }
  });

  it('become the run itself, byte for byte, in whatever order they are named', () => {
    expect(merge('joined', 'part-2', 'part-0', 'part-1').status).toBe(0);
    expect(hashes('joined')).toEqual(hashes('whole'));
    expect(manifestOf('joined').origins.map(({ directory }) => directory)).toEqual(
      ['part-2', 'part-0', 'part-1'].map(at),
    );
    expect(manifestOf('joined').tallies).toMatchObject({ found: 512, done: 512 });
    expect(initsweep('verify', at('joined')).status).toBe(0);
  });

  it('may overlap where they are equal, which is said', () => {
    const { status, stderr } = merge('overlap', 'part-1', 'whole', 'part-1');
    expect(status).toBe(0);
    expect(stderr).toContain('of 3 directories, 2 are different ones\n');
    expect(stderr).toContain(`blocks 21…41 of seed e2e are in ${at('whole')} and in ${at('part-1')}`);
    expect(hashes('overlap')).toEqual(hashes('whole'));
  });

  it('are refused when one is missing, with its name, or when two differ', () => {
    const missing = merge('missing', 'part-0', 'part-2');
    expect(missing).toMatchObject({ status: 2, stdout: '' });
    expect(missing.stderr).toContain('received blocks without 21…41; allowed: all 64 blocks; of 3 shares, these are');
    expect(missing.stderr).toContain('run them with --shard 1/3 (--array=1), then merge all');
    // A run of the same plan whose tallies are not its own.
    expect(run('forged', '--shard', '1/3').status).toBe(0);
    const forged = join(at('forged'), 'tallies.arrow');
    const bytes = readFileSync(forged);
    const z = bytes.indexOf(
      readFileSync(join(at('part-1'), 'tallies.arrow')).subarray(bytes.length / 2, bytes.length / 2 + 64),
    );
    bytes.writeUInt8((bytes.readUInt8(z) ^ 1) & 0xff, z);
    writeFileSync(forged, bytes);
    const changed = merge('differ', 'whole', 'forged');
    expect(changed).toMatchObject({ status: 2, stdout: '' });
    expect(changed.stderr).toContain(`${forged}: received a table with SHA-256`);
    const manifest = join(at('forged'), 'manifest.json');
    const digest = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/(?<="sha256": ")[0-9a-f]+/, digest));
    const { status, stderr } = merge('differ', 'whole', 'forged');
    expect(status).toBe(2);
    expect(stderr).toMatch(/two different tallies of one block|a tally out of order or of another size/);
  });
});

describe('runs under different seeds', () => {
  it('pool into one with smaller errors, the same whatever their order', () => {
    expect(run('other', '--seed', 'other').status).toBe(0);
    expect(merge('pooled', 'whole', 'other').status).toBe(0);
    expect(merge('swapped', 'other', 'whole').status).toBe(0);
    expect(hashes('swapped')).toEqual(hashes('pooled'));
    const { spec } = JSON.parse(readFileSync(join(at('pooled'), 'sweep.json'), 'utf8'));
    expect(spec.seed).toEqual([
      { seed: 'e2e', blocks: 64 },
      { seed: 'other', blocks: 64 },
    ]);
    const error = (name: string) => {
      const { stdout } = initsweep(
        ...['show', at(name), '--where', 'fan_in = 64 and initializer = he_normal and beta = 2 and input = normal'],
        ...['--columns', 'samples,blocks,z_var_mcse', '--format', 'json'],
      );
      return JSON.parse(stdout)[0] as { samples: number; blocks: number; z_var_mcse: number };
    };
    const [one, both] = [error('whole'), error('pooled')];
    expect(both).toMatchObject({ samples: 2 * one.samples, blocks: 128 });
    expect(both.z_var_mcse / one.z_var_mcse).toBeGreaterThan(0.5);
    expect(both.z_var_mcse / one.z_var_mcse).toBeLessThan(0.95);
    expect(initsweep('verify', at('pooled')).status).toBe(0);
  });

  it('pool again with pooled ones, each seed counting once', () => {
    expect(run('third', '--seed', 'third').status).toBe(0);
    expect(merge('three', 'pooled', 'third', 'other').status).toBe(0);
    expect(merge('direct', 'whole', 'other', 'third').status).toBe(0);
    expect(hashes('three')).toEqual(hashes('direct'));
  });

  it('are refused when they are of another sweep', () => {
    const another = writeConfig(folder, 'another.json', { ...keys, beta: [1] });
    expect(initsweep('run', another, '--out', at('another'), '--quiet').status).toBe(0);
    const { status, stderr } = merge('none', 'whole', 'another');
    expect(status).toBe(2);
    expect(stderr).toContain(`a run with another beta than ${at('whole')}`);
    expect(merge('whole', 'whole', 'other').stderr).toContain('one of the runs');
  });
});

describe('extending', () => {
  it('gives what asking for so much at first would have given; stopped halfway, it goes on', () => {
    expect(run('longer').status).toBe(0);
    expect(initsweep('extend', at('longer'), '--samples', '40000', '--quiet')).toMatchObject({ status: 0 });
    const { samples, blocks } = JSON.parse(readFileSync(join(at('longer'), 'sweep.json'), 'utf8')).spec;
    expect([samples, blocks]).toEqual([40192, 157]);
    const atFirst = writeConfig(folder, 'first.json', { ...keys, samples, blocks });
    expect(initsweep('run', atFirst, '--out', at('first'), '--quiet').status).toBe(0);
    expect(hashes('longer')).toEqual(hashes('first'));
    expect(manifestOf('longer').tallies).toMatchObject({ total: 157 * 8, found: 64 * 8, done: 157 * 8 });
    // The config's own directory is another sweep's by now.
    expect(run('longer').stderr).toContain('samples 40192, not 16384');
    expect(initsweep('extend', at('longer'), '--samples', '40000').stderr).toContain(
      'holds this run already, finished; larger --samples add blocks\n',
    );
  });

  it('refuses fewer samples than there are, too many, shares and pooled runs', () => {
    const extend = (name: string, samples: string) => initsweep('extend', at(name), '--samples', samples, '--quiet');
    expect(extend('whole', '100').stderr).toContain('received 100, which is 1 blocks of 256; allowed: 16384');
    expect(extend('whole', '1e9').stderr).toContain('a whole number');
    expect(extend('whole', '1000000000').stderr).toContain('(4096 blocks)');
    expect(extend('part-0', '60000').stderr).toContain('merge the shares first');
    expect(extend('pooled', '600000').stderr).toContain('pooled from several seeds');
    for (const [name, samples] of [
      ['whole', '100'],
      ['part-0', '60000'],
    ] as const)
      expect(extend(name, samples).status).toBe(2);
  });

  it('uses the data file that the run keeps, without the config', () => {
    const data = join(folder, 'data.csv');
    writeFileSync(data, `x\n${Array.from({ length: 40 }, (_, i) => Math.sin(i)).join('\n')}\n`);
    const empirical = { ...keys, inputs: [{ kind: 'empirical', file: 'data.csv', column: 'x' }] };
    const own = writeConfig(folder, 'empirical.json', empirical);
    expect(initsweep('run', own, '--out', at('empirical'), '--quiet').status).toBe(0);
    writeFileSync(data, 'x\n1\n2\n');
    expect(initsweep('extend', at('empirical'), '--samples', '30000', '--quiet')).toMatchObject({ status: 0 });
    expect(initsweep('verify', at('empirical')).status).toBe(0);
  });
});

it('makes no more shares than there are blocks', () => {
  const { status, stderr } = run('too-many', '--shard', '0/65');
  expect(status).toBe(2);
  expect(stderr).toContain('--shard: received 0/65; allowed: at most 64 shares, one for each block');
});

it('leaves alone what is not its own, with --fresh too', () => {
  for (const own of ['data/mine.csv', 'thesis.tex']) {
    const file = join(at('stranger'), own);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'years of work');
    const { status, stderr } = run('stranger', '--fresh');
    expect(status).toBe(2);
    expect(stderr).toContain('a directory with other files in it');
    expect(readFileSync(file, 'utf8')).toBe('years of work');
    rmSync(at('stranger'), { recursive: true });
  }
  // Beside a run's own files they stay as well.
  cpSync(at('empirical'), at('mixed'), { recursive: true });
  writeFileSync(join(at('mixed'), 'data', 'mine.csv'), 'years of work');
  expect(run('mixed', '--fresh').status).toBe(0);
  expect(readdirSync(join(at('mixed'), 'data'))).toEqual(['mine.csv']);
});

it.each(['run', 'status', 'extend', 'merge', 'derive', 'verify'])('%s names a path below a file', (verb) => {
  const path = '/dev/null/x';
  const flags = {
    run: [config, '--out', path],
    extend: [path, '--samples', '1'],
    merge: [path, path, '--out', at('nowhere')],
    derive: [at('whole'), '--beta', '1', '--out', path],
  };
  const { status, stderr } = initsweep(verb, ...(flags[verb as keyof typeof flags] ?? [path]));
  expect(status).toBe(2);
  expect(stderr).toMatch(/^initsweep: \/dev\/null\/x/);
  expect(stderr).not.toContain('fault of the program');
});

it('says that tables which no manifest names are simulated again', () => {
  cpSync(at('whole'), at('unnamed'), { recursive: true });
  writeFileSync(join(at('unnamed'), 'manifest.json'), '{');
  const { status, stderr } = initsweep('run', config, '--out', at('unnamed'));
  expect(status).toBe(0);
  expect(stderr).toContain('tallies.arrow is not what the manifest names: what it held is simulated again');
  expect(hashes('unnamed')).toEqual(hashes('whole'));
});

describe('shares that are not all there', () => {
  it('are all named, missing or begun, as `run` and a scheduler take them', () => {
    for (const i of [0, 2, 3]) expect(run(`fifth-${i}`, '--shard', `${i}/5`).status).toBe(0);
    const manifest = join(at('fifth-2'), 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"status": "finished"', '"status": "stopped"'));
    const { status, stderr } = merge('fifths', 'fifth-2', 'fifth-0', 'fifth-3');
    expect(status).toBe(2);
    expect(stderr).toContain('seed e2e: received blocks without 12…37, 51…63; allowed: all 64 blocks; of 5 shares');
    expect(stderr).toContain(
      'missing or not finished: run them with --shard 1/5, --shard 2/5, --shard 4/5 (--array=1,2,4), then merge all',
    );
    // Begun, and nothing else.
    expect(merge('fifths', 'fifth-2').stderr).toContain('(--array=0,1,2,3,4)');
    // What others have as well is not missed.
    expect(merge('fifths', 'fifth-2', 'whole').status).toBe(0);
    expect(hashes('fifths')).toEqual(hashes('whole'));
    writeFileSync(manifest, '{}');
    expect(merge('none', 'fifth-2', 'fifth-0').status).toBe(2);
  });

  it('are refused when they are of another number of blocks', () => {
    const half = writeConfig(folder, 'half.json', { ...keys, samples: 8192, blocks: 32 });
    const { status } = initsweep('run', half, '--out', at('half'), '--quiet', '--shard', '0/2');
    expect(status).toBe(0);
    expect(run('second', '--shard', '1/2').status).toBe(0);
    const mixed = merge('mixed', 'half', 'second');
    expect(mixed.status).toBe(2);
    expect(mixed.stderr).toContain(
      `${at('second')}: received a share of 64 blocks; allowed: shares of one plan: ${at('half')} is of 32 blocks`,
    );
  });
});
