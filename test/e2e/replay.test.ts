import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.ts';
import type { TallyRow } from '../../src/tables/tally-batch.ts';
import { initsweep, scratch, writeConfig } from '../support/cli.ts';
import { rewriteTallies } from '../support/rewrite-tallies.ts';
import { writeData } from '../support/rich-sweep.ts';

const folder = scratch();
const run = join(folder, 'run');
/** A cell of fan-in 16 in the run of `writeConfig`. */
const CELL = 'input = normal and fan_in = 16 and initializer = standard_uniform';
const replay = (directory: string, cell: string, block: number) =>
  initsweep('replay', directory, '--cell', cell, '--block', String(block));

beforeAll(() => {
  writeData(folder);
  const config = writeConfig(folder, 'small.json', {
    inputs: [
      'normal',
      'lognormal',
      { kind: 'bernoulli', p: 0.5, standardize: false },
      { kind: 'empirical', file: 'values.csv', column: 'x' },
      { kind: 'empirical', file: 'rows.csv', draw: 'rows' },
    ],
    initializers: ['standard_uniform', 'he_normal', 'lecun_normal', 'orthogonal', 'ones', 'zeros'],
  });
  expect(initsweep('run', config, '--out', run, '--quiet')).toMatchObject({ status: 0, stderr: '' });
});

/** A copy of the run with other tallies. */
function changed(name: string, change: (row: TallyRow) => TallyRow | null): string {
  const copy = join(folder, name);
  cpSync(run, copy, { recursive: true });
  rewriteTallies(join(copy, 'tallies.arrow'), change);
  return copy;
}

const editManifest = (directory: string, change: (manifest: Manifest) => Manifest) => {
  const path = join(directory, 'manifest.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as Manifest)));
};

describe('replay', () => {
  it('shows a block and finds it equal', () => {
    const { status, stdout, stderr } = replay(run, CELL, 7);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^uniform × normal at fan-in 16, block 7 of 0 … 63\nseed "e2e"\nlayers of \d+ × \d+, \d+ in each/,
    );
    expect(stdout).toMatch(/^weights from stream [0-9a-f]{32}\ninputs from stream {2}[0-9a-f]{32}$/m);
    expect(stdout).toMatch(/^i +weight +input +z$/m);
    expect(stdout).toMatch(/^8 +-?[\d.]+ +-?[\d.]+ +-?[\d.]+$/m);
    expect(stdout).toMatch(/^tally +replayed$/m);
    for (const name of ['count', 'min', 'max', 'mean', 'variance', 'bins', 'Σz', 'Σz²', 'Σz³', 'Σz⁴'])
      expect(stdout).toMatch(new RegExp(`^${name} +-?[\\d.]+$`, 'm'));
    expect(stdout).toMatch(/^count +256$/m);
    expect(stdout).toMatch(/\nequal to the stored tally, bit for bit\n$/);
  });

  it.each(['normal', 'lognormal', 'bernoulli(*', 'empirical(file=values*', 'empirical(file=rows*'])(
    'redoes inputs of %s',
    (input) => {
      for (const initializer of ['he_normal', 'orthogonal', 'ones', 'zeros']) {
        const { status, stdout } = replay(
          run,
          `input like '${input}' and fan_in = 64 and initializer = ${initializer}`,
          63,
        );
        expect(stdout).toContain('\nequal to the stored tally, bit for bit\n');
        expect(status).toBe(0);
      }
    },
  );

  it('says what is special about a weight shape', () => {
    const of = (initializer: string) =>
      replay(run, `input like 'bernoulli*' and fan_in = 1 and initializer = ${initializer}`, 0).stdout;
    expect(of('orthogonal')).toContain('z = √i · Σ weight · input / ‖weights‖');
    expect(of('ones')).toContain('z is z − E z');
    expect(of('zeros')).toContain('weights are all zero: nothing is drawn\n\ntally');
    expect(of('he_normal')).not.toContain('E z');
  });

  it('takes cells of one weight shape together', () => {
    const { status, stdout } = replay(
      run,
      'input = normal and fan_in = 16 and initializer in (he_normal, lecun_normal)',
      1,
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^normal × normal at fan-in 16/);
  });

  it('exits with 1 when the table holds something else, and says what', () => {
    const sums = changed('sums', (row) => {
      const powers = row.tally.powers.slice();
      powers[1] = (powers[1] as number) * (1 + 2 ** -50);
      return { ...row, tally: { ...row.tally, powers } };
    });
    const { status, stdout } = replay(sums, CELL, 7);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^tally +replayed +stored$/m);
    expect(stdout).toMatch(/^Σz +(\S+) +\1$/m);
    expect(stdout).not.toMatch(/^Σz² +(\S+) +\1$/m);
    expect(stdout).toMatch(/\ndiffers from the stored tally in sum2\n$/);
    const bins = changed('bins', (row) => ({
      ...row,
      tally: { ...row.tally, counts: row.tally.counts.map((count, i) => count + Number(i < 11)) },
    }));
    const other = replay(bins, CELL, 7);
    expect(other.status).toBe(1);
    expect(other.stdout).toMatch(/^ *bin +replayed +stored$/m);
    expect(other.stdout).toMatch(/^ *-\d+ +count (\d+), Σr (-?\d+), Σr² (\d+) +count \d+, Σr \2, Σr² \3\n/m);
    expect(other.stdout).toMatch(/^… and 1 more bin\n\ndiffers from the stored tally in bin_count\n$/m);
  });

  it('shows a block that failed in the run, and one that is lost', () => {
    const copy = changed('incomplete', (row) => (row.block === 7 ? null : row));
    const lost = replay(copy, CELL, 7);
    // The manifest counts the rows.
    expect(lost.status).toBe(2);
    expect(lost.stderr).toMatch(
      /tallies\.arrow: received \d+ tallies; allowed: \d+ tallies, as the run’s manifest says/,
    );
    const failure = { block: 7, inputs: ['normal'], weightShapes: ['uniform'], fanIns: [16], error: 'out of memory' };
    editManifest(copy, (manifest) => {
      const { tallies } = manifest.tables;
      if (tallies === undefined) throw new Error('no tallies');
      const rows = (tallies.rows * 63) / 64;
      return {
        ...manifest,
        status: 'incomplete',
        failures: [failure],
        tables: { ...manifest.tables, tallies: { ...tallies, rows } },
      };
    });
    const { status, stdout } = replay(copy, CELL, 7);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^count +256$/m);
    expect(stdout).toMatch(/\nmissing in the table: the block failed in the run \(out of memory\)\n$/);
    expect(replay(copy, CELL, 8)).toMatchObject({ status: 0 });
    const unexplained = replay(copy, CELL.replace('16', '64'), 7);
    expect(unexplained.status).toBe(1);
    expect(unexplained.stdout).toMatch(/\nmissing in the table, though the run names no such block as failed\n$/);

    const text = '1 block failed and is missing in the tables; `initsweep status` lists them';
    for (const format of ['table', 'csv', 'json'])
      expect(initsweep('show', copy, '--format', format, '--limit', '0').stderr).toBe(`${text}\n`);
    expect(initsweep('show', run, '--limit', '0').stderr).toBe('');
    expect(initsweep('show', join(copy, 'estimates.arrow'), '--limit', '0').stderr).toBe('');
    expect(initsweep('verify', copy).stdout).toContain(`\n${text}\n`);
    expect(JSON.parse(initsweep('verify', copy, '--format', 'json').stdout)).toMatchObject({ missing: [failure] });
    expect(initsweep('verify', run).stdout).not.toContain('missing');
  });

  it.each([
    [CELL, 64, '--block: received 64; allowed: a block of the run: 0 … 63'],
    ['fanin = 16', 0, '--cell, column 1: received fanin; allowed: a column of the table; did you mean "fan_in"?'],
    ['fan_in = 17', 0, '--cell: received "fan_in = 17", which no cell matches'],
    ['fan_in = 16', 0, 'received cells of 25 (input, fan-in, weight shape); allowed: cells of one; choose one:'],
    ["input = 'normal' and beta = 1", 0, "    input = 'normal' and fan_in = 1 and initializer = 'he_normal'\n"],
    ['fan_in = 16', 0, '    … and 13 more\n'],
  ])('refuses %s, block %d', (cell, block, message) => {
    const { status, stdout, stderr } = replay(run, cell, block);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('offers choices that work', () => {
    const { stderr } = replay(run, 'fan_in = 16', 0);
    const choices = stderr.split('\n').filter((line) => line.startsWith('    input'));
    expect(choices).toHaveLength(12);
    for (const choice of choices.filter((_, i) => i % 4 === 0))
      expect(replay(run, choice.trim(), 0), choice).toMatchObject({ status: 0, stderr: '' });
  });

  it('needs a whole run', () => {
    const shard = join(folder, 'shard');
    const config = writeConfig(folder, 'shard.json');
    expect(initsweep('run', config, '--shard', '1/2', '--out', shard, '--quiet')).toMatchObject({ status: 0 });
    const { status, stderr } = replay(shard, CELL, 40);
    expect(status).toBe(2);
    expect(stderr).toContain('received share 1/2 of a run, which has no estimates');
  });
});
