import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { sweepFromObject } from '../../src/config/load.ts';
import { initsweep, ROOT, scratch } from '../support/cli.ts';
import { type Damage, damage, damaged, nearJson } from '../support/hostile.ts';
import { layerSweep } from '../support/layer-sweep.ts';
import { copyRun, finishedRun, stoppedRun } from '../support/run-directories.ts';

/** In real processes, which take a third of a second each: a sample of what the other tests of this folder do in one. */
const path = scratch();
const [config, finished, stopped, directory, out] = ['sweep.json', 'finished', 'stopped', 'case', 'out'].map((name) =>
  join(path, name),
) as [string, string, string, string, string];
const SWEEP = {
  name: 'hostile',
  fanIn: [1, 4],
  inputs: 'normal',
  initializers: 'he_normal',
  activations: 'relu',
  samples: 2048,
  blocks: 32,
};

beforeAll(async () => {
  writeFileSync(config, JSON.stringify(SWEEP));
  const sweep = layerSweep(await sweepFromObject(SWEEP));
  await finishedRun(finished, sweep);
  await stoppedRun(stopped, finished, sweep);
});

/** Exits with a code of the table in `--help`, says why in its own words, and shows no stack. */
function expectInOrder(...args: string[]): void {
  const { status, stderr, stdout } = initsweep(...args);
  const said = `initsweep ${args.join(' ')}\n${stderr}`;
  expect([0, 1, 2, 3, 4], said).toContain(status);
  expect(stderr, said).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(stderr, said).not.toContain('a fault of the program');
  if (status !== 0 && status !== 1) expect(stderr, said).toMatch(/^initsweep: \S/);
  if (status === 2) expect(stdout, said).toBe('');
}

const quiet = ['--threads', '1', '--quiet'];
const OF_RUN: Readonly<Record<string, () => string[]>> = {
  status: () => ['status', directory, '--check'],
  show: () => ['show', directory],
  verify: () => ['verify', directory],
  derive: () => ['derive', directory, '--beta', '2', '--out', out, '--fresh', ...quiet],
  merge: () => ['merge', directory, '--out', out, '--fresh', ...quiet],
  extend: () => ['extend', directory, '--samples', '2560', ...quiet],
  replay: () => ['replay', directory, '--cell', 'fan_in = 4', '--block', '3'],
  run: () => ['run', config, '--out', directory, ...quiet],
};
const verbs = Object.keys(OF_RUN);

const sampled = <T>(of: fc.Arbitrary<T>, seed: number, numRuns: number): T[] => fc.sample(of, { seed, numRuns });

test('configs', () => {
  const file = join(path, 'near.json');
  for (const text of sampled(nearJson(SWEEP), 50, 10)) {
    writeFileSync(file, text);
    expectInOrder('plan', file, '--threads', '1');
  }
});

test.each([
  ['sweep.json', 51],
  ['manifest.json', 52],
])('%s', (name, seed) => {
  const content = JSON.parse(readFileSync(join(finished, name), 'utf8'));
  sampled(nearJson(content), seed, 8).forEach((text, i) => {
    copyRun(finished, directory);
    writeFileSync(join(directory, name), text);
    expectInOrder(...(OF_RUN[verbs[i % verbs.length] as string] as () => string[])());
  });
});

const harmed = (base: string, name: string, harm: Damage): void => {
  copyRun(base, directory);
  writeFileSync(join(directory, name), damaged(readFileSync(join(base, name)), harm));
};

test.each([
  ['tallies.arrow', ['status', 'verify', 'derive', 'merge', 'extend', 'replay'], 53],
  ['estimates.arrow', ['status', 'show', 'verify', 'replay', 'show', 'show'], 54],
])('%s', (name, verbsOf, seed) => {
  sampled(damage, seed, verbsOf.length).forEach((harm, i) => {
    harmed(finished, name, harm);
    expectInOrder(...(OF_RUN[verbsOf[i] as string] as () => string[])());
  });
});

test('journals', () => {
  for (const harm of sampled(damage, 55, 4)) {
    harmed(stopped, 'journal/000001.journal', harm);
    expectInOrder('run', config, '--out', directory, ...quiet);
    expect(initsweep('status', directory, '--check').stdout).toContain('SHA-256 as in the manifest');
    for (const table of ['tallies.arrow', 'estimates.arrow'])
      expect(readFileSync(join(directory, table)).equals(readFileSync(join(finished, table)))).toBe(true);
  }
});

test('what is no config, and what is no run', () => {
  expectInOrder('run', '/dev/zero', '--out', out);
  expectInOrder('run', ROOT, '--out', out);
  expectInOrder('status', '/dev/null');
  expectInOrder('show', config);
  expectInOrder('show', finished, '--where', '('.repeat(100_000));
});
