import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.ts';
import { readTallyHeader } from '../../src/tables/tally-reader.ts';
import { initsweep, scratch, startInitsweep, writeConfig } from '../support/cli.ts';
import { sha256 } from '../support/tables.ts';

const folder = scratch();
const at = (name: string) => join(folder, name);
const config = (name: string, precision: object) =>
  writeConfig(folder, `${name}.json`, {
    fanIn: [4, 64],
    inputs: ['normal', 'rademacher'],
    initializers: ['standard_uniform', 'zeros'],
    beta: [1],
    samples: 16384,
    precision: { statistic: 'z_var', maxSamples: 524288, ...precision },
  });
const precise = config('precise', { relative: 0.004 });
const manifestOf = (name: string) => JSON.parse(readFileSync(join(at(name), 'manifest.json'), 'utf8')) as Manifest;
const hashes = (name: string) => ['tallies', 'estimates'].map((table) => sha256(join(at(name), `${table}.arrow`)));

interface Row {
  readonly samples: number;
  readonly z_var: number;
  readonly z_var_mcse: number;
}

function rows(name: string): Row[] {
  const flags = ['--where', 'initializer = standard_uniform', '--columns', 'samples,z_var,z_var_mcse'];
  const { stdout } = initsweep('show', at(name), ...flags, '--limit', '0', '--format', 'json');
  return JSON.parse(stdout) as Row[];
}

it('stops where all cells are precise enough at two boundaries, for any number of threads', () => {
  const { status, stderr } = initsweep('run', precise, '--out', at('one'), '--threads', '1');
  expect(status).toBe(0);
  expect(stderr).toContain('z_var to 0.4% of its value: not yet at 16384 samples a cell');
  expect(stderr).toMatch(/needs about \d+/);
  expect(stderr).toMatch(/held once at \d+ samples a cell/);
  expect(stderr).toMatch(/reached in 8 cells at \d+ samples a cell/);
  for (const { z_var, z_var_mcse } of rows('one')) expect(z_var_mcse).toBeLessThanOrEqual(0.004 * z_var);
  const { precision, blocks, tallies } = manifestOf('one');
  expect(precision).toMatchObject({
    decision: 'reached',
    held: true,
    blocks: blocks[1],
    samples: rows('one')[0]?.samples,
  });
  expect(blocks[1]).toBeGreaterThan(64);
  expect(tallies).toMatchObject({ found: 0, done: 4 * blocks[1] });
  expect(readTallyHeader(join(at('one'), 'tallies.arrow')).metadata.get('precision')).toBe('reached');
  expect(initsweep('run', precise, '--out', at('two'), '--threads', '2', '--quiet').status).toBe(0);
  expect(hashes('two')).toEqual(hashes('one'));
  expect(initsweep('verify', at('one')).status).toBe(0);
});

it('stops at the same boundary after it was killed in any round', async () => {
  for (const needle of ['not yet at 16384', 'not yet at 65536', 'held once']) {
    const { child, ended } = startInitsweep('run', precise, '--out', at('killed'), '--threads', '2');
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += chunk;
      if (text.includes(needle)) child.kill('SIGKILL');
    });
    await ended;
  }
  const last = initsweep('run', precise, '--out', at('killed'), '--threads', '1');
  expect(last.status).toBe(0);
  expect(last.stderr).toMatch(/going on with \d+ tallies/);
  expect(hashes('killed')).toEqual(hashes('one'));
});

it('has its cells derived, extended and pooled like any other run', () => {
  expect(initsweep('derive', at('one'), '--beta', '2', '--out', at('derived'), '--quiet').status).toBe(0);
  expect(rows('derived')[0]?.samples).toBe(rows('one')[0]?.samples);
  expect(initsweep('run', precise, '--seed', 'other', '--out', at('other'), '--quiet').status).toBe(0);
  expect(initsweep('merge', at('one'), at('other'), '--out', at('pooled'), '--quiet').status).toBe(0);
  expect(rows('pooled')[0]?.samples).toBe((rows('one').concat(rows('other'))[0]?.samples as number) * 2);
  expect(initsweep('extend', at('other'), '--samples', '600000', '--quiet').status).toBe(0);
  expect(rows('other')[0]?.samples).toBeGreaterThanOrEqual(600_000);
});

it('says so, in the table too, when it may go no further', () => {
  const out = at('beyond');
  const { status, stderr } = initsweep('run', config('beyond', { absolute: 1e-5, maxSamples: 65536 }), '--out', out);
  expect(status).toBe(0);
  expect(stderr).toMatch(/z_var to ± 0\.00001: not reached at 65536 samples a cell/);
  expect(stderr).toContain(`${out}: maxSamples is reached, the precision is not`);
  expect(manifestOf('beyond').precision).toMatchObject({ decision: 'exhausted', held: false });
  expect(readTallyHeader(join(out, 'tallies.arrow')).metadata.get('precision')).toBe('not reached');
  expect(rows('beyond')[0]?.samples).toBe(65536);
});

it('is not for a share of the blocks', () => {
  const { status, stderr } = initsweep('run', precise, '--shard', '0/2', '--out', at('share'));
  expect(status).toBe(2);
  expect(stderr).toContain('leave out --shard, or precision');
});
