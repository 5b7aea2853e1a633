import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.ts';
import { type Ended, initsweep, scratch, startInitsweep, writeConfig } from '../support/cli.ts';
import { sha256 } from '../support/tables.ts';

const folder = scratch();
/** Ten seconds of work in pieces of less than one, so that a signal comes in the middle of it. */
const long = writeConfig(folder, 'long.json', { fanIn: { from: 1, to: 4096, scale: 'log2' }, samples: 2 ** 21 });

/** Resolves when the tables of a run are being written under their temporary names. */
function tablesBegun(directory: string): Promise<void> {
  mkdirSync(directory);
  return new Promise((resolve) => {
    const watcher = watch(directory, () => {
      if (readdirSync(directory).filter((file) => /^\.\w+\.arrow\..*\.tmp$/.test(file)).length < 2) return;
      watcher.close();
      resolve();
    });
  });
}

async function interrupt(
  name: string,
  threads: number,
  signals: readonly NodeJS.Signals[],
): Promise<Ended & { out: string }> {
  const out = join(folder, name);
  const begun = tablesBegun(out);
  const { child, ended } = startInitsweep(
    'run',
    long,
    '--out',
    out,
    '--threads',
    String(threads),
    '--log-format',
    'json',
  );
  await begun;
  for (const signal of signals) child.kill(signal);
  return { ...(await ended), out };
}

const manifestOf = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;

describe.each([1, 2])('a run on %d threads', (threads) => {
  it.each([['SIGINT'], ['SIGTERM'], ['SIGHUP']] as const)('stops in order at %s', async (signal) => {
    const { status, stdout, stderr, out } = await interrupt(`${threads}-${signal}`, threads, [signal]);
    expect(stderr).toContain(
      `initsweep: ${out}: received ${signal}; stopped before the end, what was done is kept; the same command goes on\n`,
    );
    expect(stderr).not.toContain('fault of the program');
    expect(stdout).toBe('');
    expect(status).toBe(3);
    expect(
      readdirSync(out)
        .filter((file) => file !== 'journal')
        .sort(),
    ).toEqual(['manifest.json', 'sweep.json']);
    expect(manifestOf(out)).toMatchObject({ status: 'stopped', error: null, tables: {} });
    expect(initsweep('status', out).stdout).toContain(': stopped before the end; the same command goes on\n');
  });

  it('ends at once, and clean, at the second signal', async () => {
    const { status, stderr, out } = await interrupt(`${threads}-twice`, threads, ['SIGINT', 'SIGTERM']);
    expect(status).toBe(3);
    expect(stderr).not.toContain('fault of the program');
    expect(
      readdirSync(out)
        .filter((file) => file !== 'journal')
        .sort(),
    ).toEqual(['manifest.json', 'sweep.json']);
    expect(manifestOf(out)).toMatchObject({ status: 'stopped', error: null });
  });
});

it('goes on with a stopped run, to the same bytes', async () => {
  const config = writeConfig(folder, 'short.json', { fanIn: [1, 1024], samples: 2 ** 20 });
  const [out, whole] = [join(folder, 'resumed'), join(folder, 'whole')];
  const begun = tablesBegun(out);
  const { child, ended } = startInitsweep('run', config, '--out', out, '--threads', '1', '--quiet');
  await begun;
  child.kill('SIGINT');
  expect((await ended).status).toBe(3);
  expect(initsweep('verify', out)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('a run that is stopped'),
  });
  expect(initsweep('run', config, '--out', out, '--threads', '2', '--quiet').status).toBe(0);
  expect(initsweep('run', config, '--out', whole, '--threads', '1', '--quiet').status).toBe(0);
  for (const file of ['estimates.arrow', 'tallies.arrow']) {
    expect(existsSync(join(out, file))).toBe(true);
    expect(sha256(join(out, file))).toBe(sha256(join(whole, file)));
  }
});

it('stops by itself before --max-time is up, and goes on from there', () => {
  const config = writeConfig(folder, 'limited.json', { fanIn: [64, 256, 1024, 4096], samples: 2 ** 22 });
  const out = join(folder, 'limited');
  const args = ['run', config, '--out', out, '--threads', '1'];
  const started = performance.now();
  const { status, stderr } = initsweep(...args, '--max-time', '5s');
  expect(status, stderr).toBe(3);
  expect(stderr).toContain(
    `initsweep: ${out}: received --max-time; stopped before the end, what was done is kept; the same command goes on\n`,
  );
  expect(performance.now() - started).toBeGreaterThan(0.9 * 5000);
  const { status: state, error, tallies } = manifestOf(out);
  expect({ state, error }).toEqual({ state: 'stopped', error: null });
  expect(tallies.done).toBeGreaterThan(0);
  expect(initsweep(...args, '--max-time', '2s').stderr).toMatch(/going on with [1-9]\d* tallies of an earlier session/);
});
