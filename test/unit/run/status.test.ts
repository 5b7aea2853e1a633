import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { statusLines } from '../../../src/cli/status-text.ts';
import type { Manifest } from '../../../src/run/manifest.ts';
import { type StatusOptions, statusOf } from '../../../src/run/status.ts';
import { folder, sha256 } from '../../support/tables.ts';

const MANIFEST: Manifest = {
  name: 'small',
  status: 'running',
  plan: 'abcdef0123456789',
  shard: null,
  blocks: [0, 64],
  versions: { initsweep: '1.2.3', kernel: '1', node: 'v20.19.0' },
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
    expect(failed[0]).toBe(`${run}: incomplete: 1 blocks failed; the same command tries them again`);
    expect(failed).toContain('  tallies: 638 of 640 done, 40 of them before this session, 2 failed, 0 missing');
    expect(failed).toContain('  failed: block 3 of uniform × normal at fan-in 2…8: hung');
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
