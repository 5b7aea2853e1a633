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
  versions: { initsweep: '1.2.3', kernel: '1', node: 'v20.19.0' },
  host: 'here',
  platform: 'linux-x64',
  pid: 42,
  threads: 2,
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:01:00.000Z',
  finishedAt: null,
  seconds: 60,
  progress: { done: 3000, total: 12000 },
  tables: {},
  derivedFrom: null,
  error: null,
};

let run: string;
const HERE: StatusOptions = { host: 'here', isAlive: () => true };

beforeEach(() => {
  run = folder();
  writeFileSync(join(run, 'sweep.json'), JSON.stringify({ kernel: '1', plan: MANIFEST.plan, spec: {} }));
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
    ]);
    expect((await lines({ progress: { done: 0, total: 12000 } }))[1]).toBe('  0 of 12000 cells (0%), 60.0 s');
  });

  it('calls a run interrupted whose process on this host is gone, and of other hosts knows nothing', async () => {
    const gone = { host: 'here', isAlive: (pid: number) => pid !== 42 };
    expect((await lines({}, gone))[0]).toBe(`${run}: interrupted: process 42 is gone; run the same command again`);
    expect((await lines({}, { ...gone, host: 'elsewhere' }))[0]).toBe(`${run}: running`);
    expect((await lines({ status: 'finished' }, gone))[0]).toBe(`${run}: finished`);
  });

  it('says why a run ended early', async () => {
    expect((await lines({ status: 'stopped' }))[0]).toBe(`${run}: stopped before the end; run the same command again`);
    expect((await lines({ status: 'failed', error: 'no room' }))[0]).toBe(`${run}: failed: no room`);
  });

  it('says where a derived run is from', async () => {
    expect(await lines({ derivedFrom: { directory: 'output/first', plan: 'p' } })).toContain(
      '  derived from output/first, nothing was drawn',
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
