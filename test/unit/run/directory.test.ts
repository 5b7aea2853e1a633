import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunDirectoryError } from '../../../src/errors.ts';
import { beginDirectory, makeRunDirectory } from '../../../src/run/begin-directory.ts';
import { claimDirectory, type Wanted } from '../../../src/run/claim.ts';
import { readManifest } from '../../../src/run/manifest.ts';
import { ManifestKeeper } from '../../../src/run/manifest-keeper.ts';
import type { RunProgress } from '../../../src/run/progress.ts';
import { openFinishedRun, openRun } from '../../../src/run/run-directory.ts';
import { FILES } from '../../../src/run/run-files.ts';
import type { SweepPlan } from '../../../src/sweep/plan.ts';
import { planOf } from '../../support/direct-sweep.ts';
import { folder } from '../../support/tables.ts';

const config = { fanIn: [1, 4], inputs: ['normal'], initializers: ['he_normal'], samples: 4096 };
const plan = await planOf(config);
const other = await planOf({ ...config, fanIn: [1, 8], seed: 'another' });

const wantedFor = (of: SweepPlan): Wanted => ({ plan: of, shard: null, extending: false });
const wanted = wantedFor(plan);

function keeperAt(file: string, threads = 1): ManifestKeeper {
  return new ManifestKeeper(file, { plan, shard: null, blocks: [0, 64], threads, origins: [], previous: null });
}

const progress = (done: number): RunProgress => ({
  done,
  total: 2,
  stage: 'simulate',
  found: 0,
  tallies: { total: 128, found: 0, done: 64, running: 1, failed: 0 },
});

const TABLES = Object.fromEntries(
  ['tallies', 'estimates'].map((name) => [
    name,
    { file: `${name}.arrow`, sha256: 'ab', rows: name === 'tallies' ? 128 : 2, bytes: 0 },
  ]),
);

/** A run directory as a run leaves it, without real tables. */
function runIn(path: string, end: (keeper: ManifestKeeper) => void, tables = true): void {
  makeRunDirectory(path);
  beginDirectory(path, wanted, new Map());
  end(keeperAt(join(path, FILES.manifest)));
  if (tables) for (const file of [FILES.tallies, FILES.estimates]) writeFileSync(join(path, file), '');
}

const message = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(RunDirectoryError);
    return (error as Error).message;
  }
  return '';
};

describe('claiming a directory', () => {
  it('is new when it is not there, or empty', () => {
    const path = folder();
    expect(claimDirectory(path, wanted)).toBe('new');
    expect(claimDirectory(join(path, 'a/b'), wanted)).toBe('new');
    expect(readdirSync(path)).toEqual([]);
  });

  it('is finished only with a finished manifest and both tables', () => {
    const path = folder();
    runIn(path, (keeper) => keeper.finish(TABLES, []));
    expect(claimDirectory(path, wanted)).toBe('finished');
    expect(openFinishedRun(path).plan.hash).toBe(plan.hash);
    const bare = folder();
    runIn(bare, (keeper) => keeper.finish(TABLES, []), false);
    expect(claimDirectory(bare, wanted)).toBe('unfinished');
  });

  it.each([
    ['running', () => {}],
    ['stopped', (keeper: ManifestKeeper) => keeper.end(null)],
    ['failed', (keeper: ManifestKeeper) => keeper.end('no room')],
  ] as const)('is unfinished when the run is %s', (status, end) => {
    const path = folder();
    runIn(path, end);
    expect(claimDirectory(path, wanted)).toBe('unfinished');
    expect(openRun(path).manifest.status).toBe(status);
    expect(message(() => openFinishedRun(path))).toContain(`a run that is ${status}`);
  });

  it('refuses another plan’s run, and says what differs', () => {
    const path = folder();
    runIn(path, (keeper) => keeper.finish(TABLES, []));
    const text = message(() => claimDirectory(path, wantedFor(other)));
    expect(text).toContain('fanIn [1,4], not [1,8]');
    expect(text).toContain('seed "initsweep", not "another"');
    expect(text).toContain('--fresh');
  });

  it('refuses a run from before a key of the config was known', () => {
    const path = folder();
    runIn(path, () => {});
    const file = join(path, 'sweep.json');
    const content = JSON.parse(readFileSync(file, 'utf8'));
    delete content.spec.precision;
    writeFileSync(file, JSON.stringify({ ...content, plan: 'of another version' }));
    expect(message(() => claimDirectory(path, wanted))).toContain('another plan (made by another version)');
  });

  it('refuses a directory with other files in it, and a damaged sweep.json', () => {
    const path = folder();
    writeFileSync(join(path, 'thesis.tex'), '');
    expect(message(() => claimDirectory(path, wanted))).toContain('other files');
    for (const damage of ['', '{"kernel":"1"}', '[]', 'null']) {
      const damaged = folder();
      writeFileSync(join(damaged, FILES.sweep), damage);
      expect(message(() => claimDirectory(damaged, wanted))).toContain('a damaged file');
    }
  });

  it('makes what is missing of a path, and says where it cannot', () => {
    const path = folder();
    makeRunDirectory(join(path, 'a', 'b'));
    beginDirectory(join(path, 'a', 'b'), wanted, new Map());
    expect(claimDirectory(join(path, 'a', 'b'), wanted)).toBe('unfinished');
    writeFileSync(join(path, 'file'), '');
    expect(message(() => makeRunDirectory(join(path, 'file', 'x')))).toContain('cannot be made');
    // Node's own recursive mkdir would never come back from here.
    if (process.platform === 'linux') expect(message(() => makeRunDirectory('/proc/x'))).toContain('cannot be made');
  });

  it('goes on where a run was interrupted before its manifest, or the manifest is damaged', () => {
    const path = folder();
    beginDirectory(path, wanted, new Map());
    expect(claimDirectory(path, wanted)).toBe('unfinished');
    for (const file of [FILES.tallies, FILES.estimates]) writeFileSync(join(path, file), '');
    writeFileSync(join(path, FILES.manifest), '{"status":"finished"');
    expect(claimDirectory(path, wanted)).toBe('unfinished');
    expect(message(() => openRun(path))).toContain('damaged manifest');
  });

  it('opens only a run of this kernel whose sweep.json was not edited', () => {
    const path = folder();
    expect(message(() => openRun(join(path, 'none')))).toContain('no such directory');
    expect(message(() => openRun(path))).toContain('without sweep.json');
    runIn(path, (keeper) => keeper.finish(TABLES, []));
    const file = join(path, FILES.sweep);
    const content = readFileSync(file, 'utf8');
    writeFileSync(file, content.replace('"seed": "initsweep"', '"seed": "edited"'));
    expect(message(() => openRun(path))).toContain('the file was edited');
    writeFileSync(file, content.replace(/"kernel": "[^"]*"/, '"kernel": "0"'));
    expect(message(() => openRun(path))).toContain('kernel version 0');
  });
});

describe('the manifest', () => {
  it('is on disk, whole, after every change, and no temporary file beside it', () => {
    const path = join(folder(), 'run');
    mkdirSync(path);
    const file = join(path, FILES.manifest);
    const keeper = keeperAt(file, 3);
    expect(readManifest(file)).toMatchObject({ status: 'running', threads: 3, plan: plan.hash, finishedAt: null });
    keeper.progress(progress(1.75));
    const tables = { estimates: { file: 'estimates.arrow', sha256: 'ab', rows: 2, bytes: 8 } };
    const last = keeper.finish(tables, []);
    expect(readManifest(file)).toEqual(last);
    expect(last).toMatchObject({ status: 'finished', tables, error: null, progress: { done: 2, total: 2 } });
    expect(readdirSync(path)).toEqual([FILES.manifest]);
  });

  it('says how far a stopped run came, and what a failed one met', () => {
    const file = join(folder(), FILES.manifest);
    const keeper = keeperAt(file);
    keeper.progress(progress(1.2));
    keeper.end(null);
    expect(readManifest(file)).toMatchObject({ status: 'stopped', progress: { done: 1, total: 2 }, error: null });
    keeper.end('disk full');
    expect(readManifest(file)).toMatchObject({ status: 'failed', error: 'disk full' });
  });
});
