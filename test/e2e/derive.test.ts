import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.ts';
import { initsweep, scratch, writeConfig } from '../support/cli.ts';
import { sha256 } from '../support/tables.ts';

const folder = scratch();
const run = join(folder, 'run');
/** Two shapes that are simulated, one that never is. */
const INITIALIZERS = ['standard_uniform', 'he_normal', 'zeros'];

function derive(out: string, ...args: string[]): ReturnType<typeof initsweep> {
  return initsweep('derive', run, '--out', join(folder, out), '--quiet', ...args);
}

/** What a run of its own would give for the same sweep. */
function direct(name: string, changes: Readonly<Record<string, unknown>>): string {
  const config = writeConfig(folder, `${name}.json`, { initializers: INITIALIZERS, ...changes });
  expect(initsweep('run', config, '--out', join(folder, name), '--quiet')).toMatchObject({ status: 0, stderr: '' });
  return join(folder, name);
}

const tables = (directory: string) => ['estimates.arrow', 'tallies.arrow'].map((file) => sha256(join(directory, file)));

beforeAll(() => {
  const config = writeConfig(folder, 'run.json', { initializers: INITIALIZERS });
  expect(initsweep('run', config, '--out', run, '--quiet')).toMatchObject({ status: 0 });
});

describe('derive', () => {
  it.each([
    ['slopes', ['--beta', '0.25,0.5,4', '--threads', '1'], { beta: [0.25, 0.5, 4] }],
    [
      'a range and fan-outs',
      ['--beta', '{from: 0.1, to: 10, count: 5, scale: log}', '--fan-out', '8,16', '--threads', '2'],
      { beta: { from: 0.1, to: 10, count: 5, scale: 'log' }, fanOut: [8, 16] },
    ],
    [
      'activations',
      ['--activation', 'gelu, {kind: leaky_relu, negativeSlope: 0.2}', '--threads', '2'],
      { activations: ['gelu', { kind: 'leaky_relu', negativeSlope: 0.2 }] },
    ],
    [
      'scales of the same shapes in another order, and zeros',
      ['--initializer', 'glorot_normal, zeros, {kind: uniform, bound: 2}, lecun_uniform', '--threads', '1'],
      { initializers: ['glorot_normal', 'zeros', { kind: 'uniform', bound: 2 }, 'lecun_uniform'] },
    ],
    ['fewer shapes', ['--initializer', 'he_normal', '--threads', '2'], { initializers: ['he_normal'] }],
    ['nothing simulated at all', ['--initializer', 'zeros', '--threads', '1'], { initializers: ['zeros'] }],
  ])('gives %s byte for byte as a run of its own does', (name, args, changes) => {
    const out = `derived ${name}`;
    expect(derive(out, ...args)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const derived = join(folder, out);
    expect(readdirSync(derived).sort()).toEqual(['estimates.arrow', 'manifest.json', 'sweep.json', 'tallies.arrow']);
    const own = direct(`direct ${name}`, changes);
    expect(tables(derived)).toEqual(tables(own));
    expect(readFileSync(join(derived, 'sweep.json'))).toEqual(readFileSync(join(own, 'sweep.json')));
    expect(tables(derived)).not.toEqual(tables(run));
  });

  it('says where the tallies are from, and its run is as good as any', () => {
    expect(derive('again', '--beta', '3')).toMatchObject({ status: 0 });
    const out = join(folder, 'again');
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
    const source = JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest).toMatchObject({ status: 'finished', origins: [{ directory: run, plan: source.plan }] });
    expect(initsweep('status', out, '--check')).toMatchObject({ status: 0 });
    expect(initsweep('verify', out)).toMatchObject({ status: 0 });
    // A run can be derived from a derived one.
    expect(initsweep('derive', out, '--beta', '0.5,1', '--out', join(folder, 'back'), '--quiet').status).toBe(0);
    expect(tables(join(folder, 'back'))).toEqual(tables(run));
  });

  it('draws from a file without the file', () => {
    const data = join(folder, 'values.csv');
    writeFileSync(data, ['x', ...Array.from({ length: 50 }, (_, i) => i * i)].join('\n'));
    const config = writeConfig(folder, 'data.json', { inputs: [{ kind: 'empirical', file: 'values.csv' }] });
    const own = join(folder, 'data');
    expect(initsweep('run', config, '--out', own, '--quiet')).toMatchObject({ status: 0 });
    rmSync(data);
    const out = join(folder, 'data-derived');
    expect(initsweep('derive', own, '--beta', '0.5,1', '--out', out, '--quiet', '--threads', '2')).toMatchObject({
      status: 0,
    });
    expect(tables(out)).toEqual(tables(own));
  });

  it('refuses shapes that were not simulated, naming those that were', () => {
    const { status, stderr } = derive('no-shape', '--initializer', 'orthogonal,he_uniform,ones');
    expect(status).toBe(2);
    expect(stderr).toBe(
      'initsweep: initializer orthogonal: received the weight shape orthogonal, which the run did not simulate; ' +
        'allowed: initializers of the shapes uniform, normal, zero; run a sweep that names it\n' +
        'initializer ones: received the weight shape constant, which the run did not simulate; ' +
        'allowed: initializers of the shapes uniform, normal, zero; run a sweep that names it\n',
    );
    expect(readdirSync(folder)).not.toContain('no-shape');
  });

  it('checks axes as a config does', () => {
    expect(derive('twice', '--initializer', 'he_normal,kaiming_normal').stderr).toContain('each level once');
    expect(derive('large', '--beta', '{from: 1, to: 2, count: 1000000, scale: log}').stderr).toContain(
      'at most 10000000 cells',
    );
  });

  it('leaves the run that it derives from alone, --fresh or not', () => {
    for (const flags of [[], ['--fresh']]) {
      const { status, stderr } = initsweep('derive', run, '--beta', '3', '--out', `${run}/../run`, ...flags);
      expect(status).toBe(2);
      expect(stderr).toContain('the run itself; allowed: another directory');
    }
    expect(initsweep('status', run, '--check').status).toBe(0);
  });

  it('needs a finished run, and tables that belong to it', () => {
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    for (const file of readdirSync(run)) copyFileSync(join(run, file), join(copy, file));
    const from = (...args: string[]) => initsweep('derive', copy, '--out', join(folder, 'from-copy'), ...args);
    const other = direct('other-seed', { seed: 'other' });
    copyFileSync(join(other, 'tallies.arrow'), join(copy, 'tallies.arrow'));
    expect(from('--beta', '3')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('received a table with SHA-256'),
    });
    rmSync(join(copy, 'tallies.arrow'));
    expect(from('--beta', '3', '--fresh')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no such file'),
    });
    const manifest = readFileSync(join(copy, 'manifest.json'), 'utf8').replace('"finished"', '"stopped"');
    writeFileSync(join(copy, 'manifest.json'), manifest);
    expect(from('--beta', '3')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('received a run that is stopped'),
    });
  });
});
