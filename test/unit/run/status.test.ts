import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { statusLines } from '../../../src/cli/status-text.ts';
import { Journal } from '../../../src/run/journal.ts';
import type { Manifest } from '../../../src/run/manifest.ts';
import type { Round } from '../../../src/run/precision-round.ts';
import { type StatusOptions, statusOf } from '../../../src/run/status.ts';
import { writeRecord } from '../../../src/stats/record.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import type { TallyEntry } from '../../../src/sweep/tally-entry.ts';
import { readTallies } from '../../../src/tables/tally-reader.ts';
import { finishedRun, stoppedRun } from '../../support/run-directories.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { folder, sha256 } from '../../support/tables.ts';

const MANIFEST: Manifest = {
  name: 'small',
  status: 'running',
  plan: 'abcdef0123456789',
  shard: null,
  blocks: [0, 64],
  versions: { initsweep: '1.2.3', kernel: '1', node: 'v20.19.0' },
  commit: null,
  host: 'here',
  platform: 'linux-x64',
  pid: 42,
  threads: 2,
  sessions: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:01:00.000Z',
  finishedAt: null,
  seconds: 60,
  progress: { done: 3000, total: 12000, found: 0 },
  tallies: { total: 640, found: 0, done: 160, running: 20, failed: 0 },
  failures: [],
  tables: {},
  nextTables: null,
  precision: null,
  origins: [],
  error: null,
};

const ROUND: Round = {
  blocks: 32,
  samples: 4096,
  cells: 8,
  steering: 8,
  blocked: 0,
  unjudged: 0,
  constant: 0,
  holding: 3,
  held: false,
  limiting: null,
  predictedSamples: null,
  predictedBlocks: null,
  decision: 'continue',
};

let run: string;
const HERE: StatusOptions = { isHeld: () => true };

beforeEach(() => {
  run = folder();
  writeFileSync(
    join(run, 'sweep.json'),
    JSON.stringify({ kernel: '1', plan: MANIFEST.plan, draws: 'd', data: {}, shard: null, spec: {} }),
  );
});

async function lines(change: Partial<Manifest>, options: StatusOptions = HERE): Promise<string[]> {
  writeFileSync(join(run, 'manifest.json'), JSON.stringify({ ...MANIFEST, ...change }));
  return statusLines(await statusOf(run, options));
}

describe('status', () => {
  it('tells rate and time left while a run goes on', async () => {
    expect(await lines({})).toEqual([
      `${run}: running`,
      '  3000 of 12000 cells (25%), 60.0 s, 50 cells/s, 3 min 0 s left',
      '  started 2026-01-01T00:00:00.000Z, last heard of 2026-01-01T00:01:00.000Z',
      '  on here (linux-x64, 2 threads, process 42)',
      '  plan abcdef012345, initsweep 1.2.3, kernel 1, node v20.19.0',
      '  tallies: 160 of 640 done, 20 running, 460 missing',
    ]);
    expect((await lines({ progress: { done: 0, total: 12000, found: 0 } }))[1]).toBe('  0 of 12000 cells (0%), 60.0 s');
  });

  it('calls a run interrupted whose directory nobody has locked', async () => {
    const gone = { isHeld: () => false };
    expect((await lines({}, gone))[0]).toBe(`${run}: interrupted: process 42 is gone; the same command goes on`);
    expect((await lines({ status: 'finished' }, gone))[0]).toBe(`${run}: finished`);
  });

  it('looks again when a run may have ended, or begun anew, since it read the manifest', async () => {
    const meanwhile = (change: Partial<Manifest>): StatusOptions => ({
      isHeld: () => {
        writeFileSync(join(run, 'manifest.json'), JSON.stringify({ ...MANIFEST, ...change }));
        return false;
      },
    });
    expect((await lines({}, meanwhile({ status: 'finished' })))[0]).toBe(`${run}: finished`);
    expect((await lines({}, meanwhile({ sessions: 2 })))[0]).toBe(`${run}: running`);
  });

  it('says why a run ended early', async () => {
    expect((await lines({ status: 'stopped' }))[0]).toBe(`${run}: stopped before the end; the same command goes on`);
    expect((await lines({ status: 'failed', error: 'no room' }))[0]).toBe(`${run}: failed: no room`);
  });

  it('leaves what was found out of the rate, and lists the blocks that failed', async () => {
    const found = await lines({ progress: { done: 3000, total: 12000, found: 1500 } });
    expect(found[1]).toBe('  3000 of 12000 cells (25%), 60.0 s, 25 cells/s, 6 min 0 s left');
    const failure = { block: 3, inputs: ['normal'], weightShapes: ['uniform'], fanIns: [8, 2], error: 'hung' };
    const failed = await lines({
      status: 'incomplete',
      failures: [failure],
      tallies: { total: 640, found: 40, done: 638, running: 0, failed: 2 },
    });
    expect(failed[0]).toBe(`${run}: incomplete: 1 block failed; the same command tries it again`);
    expect(failed).toContain('  tallies: 638 of 640 done, 40 of them before this session, 2 failed, 0 missing');
    expect(failed).toContain('  failed: block 3 of uniform × normal at fan-in 2…8: hung');
  });

  it('lists a few failed blocks, even of a run that failed before it had counted any', async () => {
    const failures = Array.from({ length: 7 }, (_, block) => ({
      block,
      inputs: ['normal'],
      weightShapes: ['uniform'],
      fanIns: [8],
      error: 'hung',
    }));
    const tallies = { total: 0, found: 0, done: 0, running: 0, failed: 0 };
    const failed = await lines({ status: 'failed', error: 'too many', failures, tallies });
    expect(failed.slice(-6)).toEqual([
      ...failures.slice(0, 5).map(({ block }) => `  failed: block ${block} of uniform × normal at fan-in 8: hung`),
      '  … and 2 more',
    ]);
  });

  it('says how a precision stands, and no time left while it may add rounds', async () => {
    const precision = { statistic: 'z_var', absolute: 0.1, maxSamples: 65536 };
    const { spec } = await smallSweep({ samples: 4096, precision });
    const sweep = { kernel: '1', plan: MANIFEST.plan, draws: 'd', data: {}, shard: null, spec };
    writeFileSync(join(run, 'sweep.json'), JSON.stringify(sweep));
    const pace = '  3000 of 12000 cells (25%), 60.0 s, 50 cells/s';
    const first = await lines({});
    expect(first[1]).toBe(pace);
    expect(first.join()).not.toContain('precision');
    const further = await lines({ precision: ROUND });
    expect(further[1]).toBe(pace);
    expect(further).toContain(
      '  precision: z_var to ± 0.1: not yet at 4096 samples a cell; no cell can be judged by its standard error',
    );
    const last = await lines({ precision: { ...ROUND, decision: 'reached', held: true } });
    expect(last[1]).toBe(`${pace}, 3 min 0 s left`);
    expect(last).toContain('  precision: z_var to ± 0.1: reached in 8 cells at 4096 samples a cell');
  });

  it('says where a derived run is from', async () => {
    expect(await lines({ origins: [{ directory: 'output/first', plan: 'p' }] })).toContain(
      '  tallies from output/first',
    );
  });

  it('looks at the size of tables, and at their bytes when asked to', async () => {
    const file = join(run, 'estimates.arrow');
    writeFileSync(file, 'twelve bytes');
    const entry = { file: 'estimates.arrow', sha256: sha256(file), rows: 7, bytes: 12 };
    const tables = { estimates: entry, tallies: { ...entry, file: 'tallies.arrow' } };
    const last = async (options: StatusOptions) => (await lines({ status: 'finished', tables }, options)).slice(-2);
    const check = { ...HERE, check: true };
    expect(await last(HERE)).toEqual(['  estimates.arrow: 7 rows, 12 B', '  tallies.arrow: 7 rows, 12 B, MISSING']);
    expect((await last(check))[0]).toBe('  estimates.arrow: 7 rows, 12 B, SHA-256 as in the manifest');
    writeFileSync(file, 'Twelve bytes');
    expect((await last(HERE))[0]).toBe('  estimates.arrow: 7 rows, 12 B');
    expect((await last(check))[0]).toBe('  estimates.arrow: 7 rows, 12 B, CHANGED since it was written');
    writeFileSync(file, 'twelve');
    expect((await last(HERE))[0]).toBe('  estimates.arrow: 7 rows, 12 B, CHANGED since it was written');
  });
});

describe('status of a run that ended early', () => {
  const ENDS = [
    { status: 'stopped', isHeld: () => true },
    { status: 'failed', isHeld: () => true },
    { status: 'running', isHeld: () => false },
  ] as const;

  /** What `status` counts of the run, however it ended, when its manifest says `change` of it. */
  async function counts(directory: string, change: Partial<Manifest> = {}): Promise<Manifest['tallies']> {
    const path = join(directory, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    const all: Manifest['tallies'][] = [];
    for (const { status, isHeld } of ENDS) {
      writeFileSync(path, JSON.stringify({ ...manifest, ...change, status }));
      all.push((await statusOf(directory, { isHeld })).manifest.tallies);
    }
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
    return all[0] as Manifest['tallies'];
  }

  it('counts what the journal holds, not what the session had counted', async () => {
    const sweep = await smallSweep({ blocks: 32, initializers: ['standard_uniform', 'he_normal'] });
    const [finished, stopped] = [join(folder(), 'run'), join(folder(), 'run')];
    await finishedRun(finished, sweep);
    await stoppedRun(stopped, finished, sweep);
    // Every third of 32 blocks, of 2 inputs, 2 fan-ins and 2 shapes.
    expect(await counts(stopped)).toMatchObject({ total: 256, done: 88, running: 0 });
    const nothing = { total: 0, found: 0, done: 0, running: 0, failed: 0 };
    expect(await counts(stopped, { tallies: nothing })).toMatchObject({ total: 0, done: 88 });
    expect(statusLines(await statusOf(stopped))).toContain('  tallies: 88 kept');
  });

  it('counts what its own table holds, and what both hold once', async () => {
    const sweep = await smallSweep({ blocks: 32 });
    const directory = join(folder(), 'run');
    await finishedRun(directory, sweep);
    const plan = planSweep(sweep.spec);
    const table = join(directory, 'tallies.arrow');
    const entries: TallyEntry[] = [...readTallies(table)].map(({ input, fanIn, shape, block, tally }) => ({
      position: { input, fanIn: plan.spec.fanIn.indexOf(fanIn), shape, block },
      record: writeRecord(tally),
    }));
    const extended = {
      blocks: [0, 40] as const,
      tallies: { total: 320, found: 256, done: 272, running: 1, failed: 0 },
    };
    expect(await counts(directory, extended)).toEqual({ total: 320, found: 256, done: 256, running: 0, failed: 0 });
    const journal = new Journal(directory, plan.draws);
    const [first] = entries.filter(({ position }) => plan.shapes[position.shape]?.kind !== 'zero') as [TallyEntry];
    journal.add([first, { ...first, position: { ...first.position, block: 39 } }]);
    await journal.close();
    expect(await counts(directory, extended)).toMatchObject({ found: 256, done: 257 });
    rmSync(table);
    expect(await counts(directory, extended)).toMatchObject({ found: 2, done: 2 });
  });
});

it('takes a manifest for damaged whose precision is none', async () => {
  for (const precision of [{}, { decision: 'reached' }, 'reached'])
    await expect(lines({ precision: precision as unknown as Round })).rejects.toThrow('damaged manifest');
});
