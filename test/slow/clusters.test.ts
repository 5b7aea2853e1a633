import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { initsweep, MAIN, ROOT, scratch, writeConfig } from '../support/cli.ts';
import { has } from '../support/programs.ts';
import { startWorker } from '../support/queue.ts';
import { TestRedis } from '../support/redis.ts';
import { TestSlurm } from '../support/slurm.ts';
import { sha256 } from '../support/tables.ts';

const folder = join(scratch(), 'with a space');
const recipe = (name: string): string => join(ROOT, 'docs/recipes', name);
const hashes = (directory: string) =>
  ['tallies', 'estimates'].map((table) => sha256(join(directory, `${table}.arrow`)));
let config: string;
/** What one process without a queue makes of it. */
let wanted: string[];
let path: string;

beforeAll(() => {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  config = writeConfig(folder, 'one sweep.json', { fanIn: [1, 64, 256], samples: 2 ** 18 });
  expect(initsweep('run', config, '--out', join(folder, 'embedded'), '--quiet').status).toBe(0);
  wanted = hashes(join(folder, 'embedded'));
  console.log(`estimates.arrow of every way: ${wanted[1]}`);
  // As after an installation.
  writeProgram('initsweep', `exec "${process.execPath}" "${MAIN}" "$@"`);
  path = `${join(folder, 'bin')}:${process.env['PATH']}`;
});

function writeProgram(name: string, body: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

/** Says what a step costs. */
function timed<T>(step: string, count: number, run: () => T): T {
  const began = performance.now();
  const result = run();
  console.log(`${step}: ${((performance.now() - began) / 1000 / count).toPrecision(2)} s`);
  return result;
}

describe.runIf(has('Redis'))('a queue', () => {
  it.each([1, 2, 4])('has the bytes of one process with %i workers', async (count) => {
    const redis = await TestRedis.start();
    try {
      await Promise.all(Array.from({ length: count }, () => startWorker(redis.url)));
      const directory = join(folder, `queue-${count}`);
      const open = openOnQueue(queueAddress(redis.url), { taskTime: 5e6 });
      await runSweep(await loadSweep(config), { directory, threads: 1, open });
      expect(hashes(directory)).toEqual(wanted);
    } finally {
      await redis.dispose();
    }
  });
});

describe('shares', () => {
  it('cost a start each, and a merge', () => {
    const many = writeConfig(folder, 'many tallies.json', { samples: 2 ** 20, blocks: 1024 });
    const all = (verb: string, ...args: string[]) => expect(initsweep(verb, ...args, '--quiet').status).toBe(0);
    const share = (config: string, index: number) => join(folder, `${config}-${index}`);
    const tiny = writeConfig(folder, 'tiny.json', { fanIn: [1], samples: 4096 });
    timed('a share without work', 4, () => {
      for (const index of [0, 1, 2, 3])
        all('run', tiny, '--shard', `${index}/4`, '--out', share('tiny', index), '--threads', '1');
    });
    timed('its merge', 1, () =>
      all('merge', ...[0, 1, 2, 3].map((index) => share('tiny', index)), '--out', join(folder, 'tiny')),
    );
    for (const index of [0, 1]) all('run', many, '--shard', `${index}/2`, '--out', share('many', index));
    const tallies = 3 * 2 * 2 * 1024;
    timed(`a tally of ${tallies} in a merge`, tallies, () =>
      all('merge', share('many', 0), share('many', 1), '--out', join(folder, 'many'), '--threads', '1'),
    );
  });
});

describe.runIf(has('GNU parallel'))('shares with GNU parallel', () => {
  const run = (directory: string, ...rest: string[]) =>
    spawnSync('sh', [recipe('gnu-parallel.sh'), config, directory, '4', '2', ...rest], {
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
    });

  it('become the run, and only those that failed are run again', () => {
    const directory = join(folder, 'parallel');
    // A share whose directory is another's fails.
    mkdirSync(join(directory, 'share-2'), { recursive: true });
    writeFileSync(join(directory, 'share-2/other.txt'), 'not a run');
    expect(run(directory).status).not.toBe(0);
    expect(existsSync(join(directory, 'whole'))).toBe(false);
    rmSync(join(directory, 'share-2'), { recursive: true });
    const again = run(directory);
    expect(again.status, again.stderr).toBe(0);
    expect(hashes(join(directory, 'whole'))).toEqual(wanted);
    const runs = readFileSync(join(directory, 'joblog'), 'utf8').trim().split('\n').slice(1);
    expect(runs.map((line) => Number(line.split('\t')[0])).sort()).toEqual([1, 2, 3, 3, 4]);
  });

  it('become the run on other machines over SSH', () => {
    // Runs the command here, by another shell in another folder, with the variable that a login sets and GNU parallel needs there.
    const login = 'cd /; export SHELL=/bin/sh; exec "$SHELL" -c "$*"';
    writeProgram('ssh', `echo "$1" >>"${folder}/ssh.log"; shift; [ "$1" != -- ] || shift; ${login}`);
    const machines = join(folder, 'the machines');
    writeFileSync(machines, 'one.example\nother.example\n');
    const directory = join(folder, 'over ssh');
    const { status, stderr } = run(directory, machines);
    expect(status, stderr).toBe(0);
    expect(hashes(join(directory, 'whole'))).toEqual(wanted);
    const names = readFileSync(join(folder, 'ssh.log'), 'utf8').trim().split('\n');
    expect(new Set(names)).toEqual(new Set(['one.example', 'other.example']));
  });

  it('cost little besides', () => {
    const nothing = () => spawnSync('sh', ['-c', 'seq 16 | parallel --jobs 1 true']);
    expect(timed('a share of GNU parallel', 16, nothing).status).toBe(0);
  });
});

describe.runIf(has('Slurm'))('shares in an array of Slurm', () => {
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
    expect(readFileSync(join(work, 'merge.log'), 'utf8')).toMatch(/blocks without 32…47;.*\(--array=2\)/s);
    merge(array('2'));
    expect(hashes(join(shares, 'whole'))).toEqual(wanted);
  });

  it('cost little besides', () => {
    const nothing = ['--wait', '--array=0-7', '--output=/dev/null', '--wrap', 'true'];
    expect(timed('a share of Slurm', 8, () => slurm.run(folder, 'sbatch', nothing))).toContain('Submitted batch job');
  });
});
