import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitOf } from '../../scripts/commit.mjs';
import { availableCores } from '../../src/execute/cores.ts';
import { writeFileAtomically } from '../../src/run/atomic-file.ts';
import { RunLock } from '../../src/run/lock.ts';
import type { Manifest } from '../../src/run/manifest.ts';
import type { SweepFile } from '../../src/run/sweep-file.ts';
import { readEstimates } from '../../src/tables/estimate-reader.ts';
import { readTallyHeader } from '../../src/tables/tally-reader.ts';
import { initsweep, scratch, shell, startInitsweep, writeConfig } from '../support/cli.ts';
import { sha256 } from '../support/tables.ts';

const folder = scratch();
const run = join(folder, 'run');
const manifestOf = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
let config: string;

beforeAll(() => {
  config = writeConfig(folder, 'small.json');
  expect(initsweep('run', config, '--out', run, '--threads', '1')).toMatchObject({ status: 0 });
});

describe('run', () => {
  it('leaves a complete directory, and no more', () => {
    expect(readdirSync(run).sort()).toEqual(['estimates.arrow', 'manifest.json', 'sweep.json', 'tallies.arrow']);
    const manifest = manifestOf(run);
    expect(manifest).toMatchObject({ status: 'finished', threads: 1, sessions: 1, origins: [], error: null });
    expect(manifest.progress).toEqual({ done: 48, total: 48, found: 0 });
    // Of the build, which may be some commits old.
    expect(manifest.commit).toEqual(commitOf(process.cwd()) && expect.stringMatching(/^[0-9a-f]{40}(-dirty)?$/));
    for (const { file, sha256: expected, bytes } of Object.values(manifest.tables)) {
      expect(sha256(join(run, file))).toBe(expected);
      expect(statSync(join(run, file)).size).toBe(bytes);
    }
  });

  it('has tables that say which run they are of, as sweep.json does', () => {
    const { kernel, plan, draws, spec } = JSON.parse(readFileSync(join(run, 'sweep.json'), 'utf8')) as SweepFile;
    expect(plan).toBe(manifestOf(run).plan);
    const facts = { run: 'small', seed: 'e2e', plan, draws, kernel };
    expect([spec.name, spec.seed]).toEqual([facts.run, facts.seed]);
    expect(Object.fromEntries(readEstimates(join(run, 'estimates.arrow')).metadata)).toEqual(facts);
    expect(Object.fromEntries(readTallyHeader(join(run, 'tallies.arrow')).metadata)).toEqual(facts);
  });

  it('reports a finished identical run and leaves it alone; --fresh runs it again', () => {
    const before = manifestOf(run);
    const again = initsweep('run', config, '--out', run, '--threads', '2');
    expect(again.status).toBe(0);
    expect(again.stderr).toBe(`${run} holds this run already, finished; --fresh makes it anew\n`);
    expect(again.stdout).toContain(`48 cells: ${join(run, 'estimates.arrow')}`);
    expect(manifestOf(run)).toEqual(before);
    expect(initsweep('run', config, '--out', run, '--threads', '2', '--fresh', '--quiet')).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const after = manifestOf(run);
    expect(after.startedAt > before.startedAt).toBe(true);
    expect(after.threads).toBe(2);
    expect(after.tables).toEqual(before.tables);
  });

  it('refuses another plan’s directory, and says what differs', () => {
    const other = writeConfig(folder, 'other.json', { seed: 'other', beta: [2] });
    const { status, stderr } = initsweep('run', other, '--out', run);
    expect(status).toBe(2);
    expect(stderr).toContain('the run of another plan (seed "e2e", not "other", beta [0.5,1], not [2])');
    expect(stderr).toContain('--fresh');
    expect(manifestOf(run).status).toBe('finished');
    const copy = join(folder, 'taken-over');
    mkdirSync(copy);
    for (const file of readdirSync(run)) copyFileSync(join(run, file), join(copy, file));
    expect(initsweep('run', other, '--out', copy, '--fresh', '--quiet').status).toBe(0);
    expect(manifestOf(copy).plan).not.toBe(manifestOf(run).plan);
  });

  it('refuses a directory with other things in it', () => {
    const full = join(folder, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'thesis.tex'), '');
    const { status, stderr } = initsweep('run', config, '--out', full);
    expect(status).toBe(2);
    expect(stderr).toContain('a directory with other files in it');
    expect(readdirSync(full)).toEqual(['thesis.tex']);
  });

  it('does what a crash left undone', () => {
    const crashed = join(folder, 'crashed');
    expect(initsweep('run', config, '--out', crashed, '--quiet').status).toBe(0);
    expect(manifestOf(crashed).threads).toBe(availableCores());
    const manifest = { ...manifestOf(crashed), status: 'running' };
    writeFileSync(join(crashed, 'manifest.json'), JSON.stringify(manifest));
    rmSync(join(crashed, 'estimates.arrow'));
    expect(initsweep('show', crashed).stderr).toContain(
      `${crashed}: received a run that is running; allowed: a finished`,
    );
    expect(initsweep('show', run, '--table', 'layers').stderr).toBe(
      'initsweep: --table: received "layers"; allowed: estimates, the tables of a run of experiment layer\n',
    );
    expect(initsweep('run', config, '--out', crashed, '--quiet').status).toBe(0);
    expect(manifestOf(crashed).tables).toEqual(manifestOf(run).tables);
  });

  it('writes progress for programs', () => {
    const { status, stderr } = initsweep('run', config, '--out', join(folder, 'json'), '--log-format', 'json');
    expect(status).toBe(0);
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; done: number; total: number });
    expect(events[0]).toMatchObject({ event: 'start', total: 48, done: 0 });
    expect(events.at(-1)).toMatchObject({ event: 'stop', done: 48, total: 48 });
  });

  it('overrides seed and samples', () => {
    const out = join(folder, 'overridden');
    expect(initsweep('run', config, '--out', out, '--seed', '007', '--samples', '8192', '--quiet').status).toBe(0);
    const sweep = JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8')) as { spec: object };
    expect(sweep.spec).toMatchObject({ seed: '007', samples: 8192 });
  });

  it('ends quietly when the reader of its table leaves', () => {
    const out = join(folder, 'piped');
    const line = `initsweep run "${config}" --out "${out}" --log-format json | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = shell(line);
    expect(stdout).toMatch(/^logistic at β = 1: .*\n0\n$/);
    expect(stderr).not.toContain('EPIPE');
    const shown = shell(`initsweep show "${out}" --format csv --limit 0 | head -1; echo "\${PIPESTATUS[0]}"`);
    expect(shown.stdout).toMatch(/^initializer,.*\n0\n$/);
    expect(shown.stderr).toBe('');
  });
});

describe('plan', () => {
  it('knows the size of the tables', () => {
    const { stdout } = initsweep('plan', config);
    const size = (name: string) => {
      const [, amount, prefix] = new RegExp(`${name}\\.arrow (?:about )?([\\d.]+) ([kM]?)B`).exec(stdout) ?? [];
      return Number(amount) * ({ k: 1e3, M: 1e6 }[prefix as 'k' | 'M'] ?? 1);
    };
    const { tables } = manifestOf(run);
    expect(size('tallies') / (tables['tallies']?.bytes ?? 0)).toBeCloseTo(1, 0);
    expect(size('estimates') / (tables['estimates']?.bytes ?? 0)).toBeCloseTo(1, 0);
  });
});

describe('status', () => {
  it('says how a finished run went, and checks its tables', () => {
    const { status, stdout } = initsweep('status', run, '--check');
    expect(status).toBe(0);
    expect(stdout).toMatch(/: finished\n {2}48 of 48 cells \(100%\), [\d.]+ s, [\d.]+ k? ?cells\/s\n/);
    expect(stdout).toMatch(/tallies\.arrow: 768 rows, [\d.]+ [kM]B, SHA-256 as in the manifest/);
    expect(stdout).toMatch(/estimates\.arrow: 48 rows, [\d.]+ kB, SHA-256 as in the manifest/);
  });

  it('finds a table that was changed or is gone', () => {
    const copy = join(folder, 'changed');
    mkdirSync(copy);
    for (const file of readdirSync(run)) copyFileSync(join(run, file), join(copy, file));
    const bytes = readFileSync(join(copy, 'estimates.arrow'));
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(copy, 'estimates.arrow'), bytes);
    rmSync(join(copy, 'tallies.arrow'));
    const { status, stdout } = initsweep('status', copy, '--check');
    expect(status).toBe(1);
    expect(stdout).toMatch(/estimates\.arrow: .*, CHANGED since it was written/);
    expect(stdout).toMatch(/tallies\.arrow: .*, MISSING/);
    expect(initsweep('status', copy).status).toBe(0);
  });

  it('tells a run that goes on from one whose process is gone', () => {
    const copy = join(folder, 'interrupted');
    mkdirSync(copy);
    copyFileSync(join(run, 'sweep.json'), join(copy, 'sweep.json'));
    const manifest = {
      ...manifestOf(run),
      status: 'running',
      finishedAt: null,
      tables: {},
      seconds: 12,
      progress: { done: 12, total: 48, found: 0 },
    };
    writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest));
    const lock = RunLock.take(copy);
    const alive = initsweep('status', copy);
    expect(alive.stdout).toContain(': running\n  12 of 48 cells (25%), 12.0 s, 1 cells/s, 36 s left\n');
    lock.release();
    const gone = initsweep('status', copy);
    expect(gone.status).toBe(0);
    expect(gone.stdout).toContain(`: interrupted: process ${manifest.pid} is gone; the same command goes on\n`);
    expect(gone.stdout).not.toContain('left');
  });

  it('ends watching when its reader leaves, though the run goes on', async () => {
    const copy = join(folder, 'watched');
    mkdirSync(copy);
    copyFileSync(join(run, 'sweep.json'), join(copy, 'sweep.json'));
    const go = (done: number) => {
      const manifest = { ...manifestOf(run), status: 'running', progress: { done, total: 48, found: 0 } };
      writeFileAtomically(join(copy, 'manifest.json'), JSON.stringify(manifest));
    };
    go(0);
    const lock = RunLock.take(copy);
    const { child, ended } = startInitsweep('status', copy, '--watch');
    try {
      await once(child.stdout as Readable, 'data');
      child.stdout?.destroy();
      go(12);
      const { status, stdout, stderr } = await ended;
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^0 of 48 cells \(0%\), .*\n$/);
    } finally {
      child.kill();
      lock.release();
    }
  });
});

describe('a block that fails for good', () => {
  const out = join(folder, 'incomplete');
  const fault = join(import.meta.dirname, '../support/failing-slot.mjs');
  const faulty = (...flags: string[]) =>
    shell(`NODE_OPTIONS='--import ${fault}' initsweep run ${config} --out ${out} --threads 1 ${flags.join(' ')}`);

  it('is named, with exit code 4, and all others are in the tables', () => {
    const { status, stderr } = faulty('--quiet');
    expect(stderr).toMatch(/1 failed block: block 5 of .*a fault made for a test.*the same command tries these again/s);
    expect(status).toBe(4);
    expect(manifestOf(out)).toMatchObject({ status: 'incomplete', failures: [{ block: 5 }] });
    expect(initsweep('status', out).stdout).toContain('incomplete: 1 block failed; the same command tries it again');
  });

  it('alone is tried again by the same command, to the bytes of a run without faults', () => {
    const { status, stderr } = initsweep('run', config, '--out', out, '--threads', '1');
    expect(stderr).toMatch(/going on with \d+ tallies/);
    expect(status).toBe(0);
    for (const file of ['tallies.arrow', 'estimates.arrow'])
      expect(sha256(join(out, file))).toBe(sha256(join(run, file)));
  });

  it('ends the run at once with --on-error fail-fast', () => {
    const { status, stderr } = faulty('--fresh', '--on-error', 'fail-fast');
    expect(stderr).toContain('with --on-error continue to finish the rest first');
    expect(status).toBe(4);
    expect(manifestOf(out)).toMatchObject({ status: 'failed', tables: {} });
  });
});
