import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initsweep, MAIN, ROOT, scratch, writeConfig } from '../support/cli.ts';
import { HAS_SLURM, TestSlurm } from '../support/slurm.ts';
import { sha256 } from '../support/tables.ts';

const HAS_PARALLEL = spawnSync('parallel', ['--version']).status === 0;
const CI = process.env['CI'] === 'true';

const folder = scratch();
const config = writeConfig(folder, 'shares.json');
const recipe = (name: string): string => join(ROOT, 'docs/recipes', name);
const hashes = (directory: string) =>
  ['tallies', 'estimates'].map((table) => sha256(join(directory, `${table}.arrow`)));
let wanted: string[];
let path: string;

beforeAll(() => {
  expect(initsweep('run', config, '--out', join(folder, 'embedded'), '--quiet').status).toBe(0);
  wanted = hashes(join(folder, 'embedded'));
  // As after an installation.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/initsweep'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(join(folder, 'bin/initsweep'), 0o755);
  path = `${join(folder, 'bin')}:${process.env['PATH']}`;
});

it('has what it needs, where everything is to be tested', () => {
  if (CI) expect({ HAS_PARALLEL, HAS_SLURM }).toEqual({ HAS_PARALLEL: true, HAS_SLURM: true });
});

describe.runIf(HAS_PARALLEL)('shares with GNU parallel', () => {
  it('become the run, and only those that failed are run again', () => {
    const directory = join(folder, 'parallel');
    const run = () =>
      spawnSync('sh', [recipe('gnu-parallel.sh'), config, directory, '4', '2'], {
        env: { ...process.env, PATH: path },
        encoding: 'utf8',
      });
    // A share whose directory is another's fails.
    mkdirSync(join(directory, 'share-2'), { recursive: true });
    writeFileSync(join(directory, 'share-2/other.txt'), 'not a run');
    expect(run().status).not.toBe(0);
    expect(existsSync(join(directory, 'whole'))).toBe(false);
    rmSync(join(directory, 'share-2'), { recursive: true });
    const again = run();
    expect(again.status, again.stderr).toBe(0);
    expect(hashes(join(directory, 'whole'))).toEqual(wanted);
    const runs = readFileSync(join(directory, 'joblog'), 'utf8').trim().split('\n').slice(1);
    expect(runs.map((line) => Number(line.split('\t')[0])).sort()).toEqual([1, 2, 3, 3, 4]);
  });
});

describe.runIf(HAS_SLURM)('shares in an array of Slurm', () => {
  let slurm: TestSlurm;
  beforeAll(async () => {
    slurm = await TestSlurm.start();
  });
  afterAll(() => slurm.stop());

  it('become the run when all have ended, and missing ones are named and submitted again', () => {
    const work = join(folder, 'slurm');
    mkdirSync(work);
    const shares = join(work, 'shares');
    const environment = { PATH: path, SHARES: '4' };
    const array = (indices: string) =>
      slurm.run(
        work,
        'sbatch',
        ['--parsable', `--array=${indices}`, recipe('slurm-share.sbatch'), config, shares],
        environment,
      );
    const merge = (job: string) =>
      slurm.run(
        work,
        'sbatch',
        ['--wait', `--dependency=afterany:${job}`, recipe('slurm-merge.sbatch'), shares],
        environment,
      );
    expect(() => merge(array('0,1,3'))).toThrow('exit code');
    expect(readFileSync(join(work, 'merge.log'), 'utf8')).toContain('blocks without 32…47 (the shards 0/4, 1/4, 3/4)');
    merge(array('2'));
    expect(hashes(join(shares, 'whole'))).toEqual(wanted);
  });
});
