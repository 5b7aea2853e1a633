import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSweep } from '../config/config-of.ts';
import { RunDirectoryError } from '../errors.ts';
import { experimentOf, planOf } from '../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { Expectations } from '../model/expect-spec.ts';
import type { Spec } from '../model/experiment-spec.ts';
import type { Datasets } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import type { Plan, SweepPlan } from '../sweep/plan.ts';
import { blocksOf, type Shard, shardLabel } from '../sweep/shard.ts';
import { onRunDirectory, statOf } from '../tables/disk-error.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { removeJournal } from './journal-folder.ts';
import { LOCK_FILES } from './lock.ts';
import { type Manifest, manifestIn, readManifest, type Tables } from './manifest.ts';
import { readOwnFile } from './own-file.ts';
import { readSweepFile, type SweepFile } from './sweep-file.ts';

/** What a run directory holds, of the tables those that its experiment has. */
export const FILES = {
  sweep: 'sweep.json',
  manifest: 'manifest.json',
  tallies: 'tallies.arrow',
  estimates: 'estimates.arrow',
  layers: 'layers.arrow',
  training: 'training.arrow',
  arms: 'arms.arrow',
} as const;

/** Where the values of data files are kept. */
export const DATA = 'data';

/** A run on disk. */
export interface RunDirectory<P extends Plan = Plan> {
  readonly path: string;
  readonly sweep: SweepFile;
  readonly manifest: Manifest;
  readonly plan: P;
}

/** The two files that say what a run is and how it stands. @throws RunDirectoryError when they are missing or damaged */
export function readRunFiles(path: string): Pick<RunDirectory, 'path' | 'sweep' | 'manifest'> {
  const sweep = readSweepFile(join(path, FILES.sweep));
  if (sweep === null) {
    throw new RunDirectoryError({
      where: path,
      received: whatIs(path),
      allowed: 'the directory of a run',
      remedy: 'make one with `initsweep run CONFIG --out DIR`',
    });
  }
  return { path, sweep, manifest: readManifest(join(path, FILES.manifest)) };
}

function whatIs(path: string): string {
  const found = statOf(path);
  if (found === null) return 'no such directory';
  return found.isDirectory() ? `a directory without ${FILES.sweep}` : 'a file';
}

/** Opens a finished or unfinished run. Throws like {@link readRunFiles}, and when it is of another kernel or was edited */
export function openRun(path: string): RunDirectory {
  const files = readRunFiles(path);
  return { ...files, plan: planIn(path, files.sweep) };
}

/** A run with both tables in place, some blocks perhaps missing in them. Throws like {@link openWholeRun} */
export function openRunWithTables(path: string): RunDirectory {
  const run = openRun(path);
  return requireWhole(run.manifest.status === 'incomplete' ? requireOwnManifest(run) : requireFinished(run));
}

/** A finished run that is no share of one. @throws RunDirectoryError as {@link openFinishedRun}, and when it is a share */
export function openWholeRun(path: string): RunDirectory {
  return requireWhole(openFinishedRun(path));
}

/** The run in `path` with its tables whole. @throws RunDirectoryError as {@link openRun}, and when it is not finished */
export function openFinishedRun(path: string): RunDirectory {
  return requireFinished(openRun(path));
}

function requireWhole(run: RunDirectory): RunDirectory {
  const { shard } = run.sweep;
  if (shard === null) return run;
  throw new RunDirectoryError({
    where: run.path,
    received: `share ${shardLabel(shard)} of a run, which has no estimates`,
    allowed: 'a whole run',
    remedy: 'join the shares with `initsweep merge`',
  });
}

export function isLayer(run: RunDirectory): run is RunDirectory<SweepPlan> {
  return run.plan.spec.experiment === 'layer';
}

/** A run of the layer experiment. @throws RunDirectoryError when it is of another, for which `verb` is not made */
export function requireLayer(run: RunDirectory, verb: string): RunDirectory<SweepPlan> {
  const { experiment } = run.plan.spec;
  if (isLayer(run)) return run;
  throw new RunDirectoryError({
    where: run.path,
    received: `a run of experiment ${experiment}`,
    allowed: `a run of experiment layer, for \`${verb}\``,
    remedy: 'look at its tables with `initsweep show`',
  });
}

function requireFinished(run: RunDirectory): RunDirectory {
  const { path } = run;
  if (run.manifest.status === 'finished') return requireOwnManifest(run);
  throw new RunDirectoryError({
    where: path,
    received: `a run that is ${run.manifest.status}`,
    allowed: 'a finished run',
    remedy: 'finish it with the `initsweep run` command that began it',
  });
}

/** Tallies of one block. */
export function talliesOfBlock({ grid: { inputs, fanIns, series } }: Plan): number {
  return inputs.length * fanIns.length * series.length;
}

/** A manifest that says of the tables what this plan cannot have made is not of this run, or was edited. */
function requireOwnManifest(run: RunDirectory): RunDirectory {
  const { path, sweep, manifest, plan } = run;
  const [from, to] = manifest.blocks;
  const tallies = talliesOfBlock(plan) * (to - from);
  const rows = manifest.tables['tallies']?.rows ?? 0;
  const whole = manifest.status === 'finished' ? rows === tallies : rows <= tallies;
  if (manifest.plan === plan.hash && from === blocksOf(plan, sweep.shard)[0] && whole) return run;
  throw new RunDirectoryError({
    where: join(path, FILES.manifest),
    received: `the manifest of another run (${rows} tallies of blocks ${from}…${to - 1}, plan ${manifest.plan.slice(0, 12)})`,
    allowed: `that of plan ${plan.hash.slice(0, 12)}`,
    remedy: 'repeat the command that was stopped (`initsweep extend` too), or put back the files that belong together',
  });
}

function planIn(path: string, sweep: SweepFile): Plan {
  if (sweep.kernel !== KERNEL_VERSION) {
    throw new RunDirectoryError({
      where: join(path, FILES.sweep),
      received: `kernel version ${sweep.kernel}`,
      allowed: `kernel version ${KERNEL_VERSION}`,
      remedy: 'use the version of initsweep that made the run, or run the sweep again',
    });
  }
  const plan = isSweep(sweep.spec) ? planOf(sweep.spec) : null;
  if (plan?.hash === sweep.plan && plan.draws === sweep.draws) return plan;
  throw new RunDirectoryError({
    where: join(path, FILES.sweep),
    received: plan === null ? 'a sweep that is not valid' : `a sweep with plan ${plan.hash.slice(0, 12)}`,
    allowed: `plan ${sweep.plan.slice(0, 12)}, as the file says`,
    remedy: 'the file was edited: run the sweep again into another directory',
  });
}

/** Temporary files of a run that was killed. */
const LEFTOVER =
  /^\.((sweep|manifest)\.json|(tallies|estimates|layers|training|arms)\.arrow|[0-9a-f]{64}\.f32)\..*\.tmp$/;

/** What looking at a lock, or taking one over, leaves when it is killed; whoever holds the lock may remove it. */
const LOCK_LEFTOVER = /^lock\../;

/** What a directory means to a plan that is about to run in it. */
export type Claim = 'new' | 'finished' | 'unfinished';

/** The run that a directory is wanted for. */
export interface Wanted {
  readonly plan: Plan;
  readonly shard: Shard | null;
  /** Whether the directory may hold a run of the same draws with other blocks, whose tallies are kept. */
  readonly extending: boolean;
}

/**
 * Looks at the directory before a run. @throws RunDirectoryError when it holds another plan's run (with the differences), or
 * files that are not a run's
 */
export function claimDirectory(path: string, { plan, shard, extending }: Wanted): Claim {
  refuseForeign(path);
  const sweep = readSweepFile(join(path, FILES.sweep));
  if (sweep === null) return 'new';
  if (extending ? sweep.draws !== plan.draws : !sameRun(sweep, plan, shard)) {
    throw new RunDirectoryError({
      where: path,
      received: `the run of another plan (${differences(sweep, plan, shard).join(', ')})`,
      allowed: 'a new or empty directory, or this sweep’s own',
      remedy:
        sweep.draws === plan.draws
          ? 'add blocks to it with `initsweep extend`, or name another directory with --out; --fresh discards what is there'
          : 'name another directory with --out; --fresh discards what is there',
    });
  }
  const manifest = manifestIn(join(path, FILES.manifest));
  // An extension that was killed as it began left its own sweep beside the manifest of the run before.
  const finished =
    manifest?.status === 'finished' &&
    manifest.plan === plan.hash &&
    sameRun(sweep, plan, shard) &&
    inPlace(path, manifest.tables, plan, shard);
  return finished ? 'finished' : 'unfinished';
}

/** @throws RunDirectoryError when there is something else than a run, or nothing: what is not ours is never touched */
export function refuseForeign(path: string): void {
  const found = statOf(path);
  if (found === null || existsSync(join(path, FILES.sweep))) return;
  const other = !found.isDirectory()
    ? 'a file'
    : onRunDirectory(path, () => foreignFiles(path))
      ? 'a directory with other files in it'
      : null;
  if (other === null) return;
  throw new RunDirectoryError({
    where: path,
    received: other,
    allowed: 'a new or empty directory, or this sweep’s own',
    remedy: 'name another directory with --out',
  });
}

function sameRun(sweep: SweepFile, plan: Plan, shard: Shard | null): boolean {
  return sweep.plan === plan.hash && canonicalJson(sweep.shard) === canonicalJson(shard);
}

function foreignFiles(path: string): boolean {
  const own = (name: string) =>
    name === 'journal' || LOCK_FILES.test(name) || LEFTOVER.test(name) || (name === DATA && isOwnData(path));
  return !readdirSync(path).every(own);
}

/** Whether the tables are there, at least in their size; `status --check` looks closer. */
function inPlace(path: string, tables: Tables, plan: Plan, shard: Shard | null): boolean {
  const rows = shard === null ? experimentOf(plan).tables.map(({ name }) => name) : [];
  const names = ['tallies', ...rows];
  const sizeOf = (file: string) => statOf(join(path, file))?.size;
  return names.every((name) => tables[name] !== undefined && sizeOf(tables[name].file) === tables[name].bytes);
}

/** Names of the parts of a sweep that differ, with short values. */
function differences(sweep: SweepFile, plan: Plan, shard: Shard | null): string[] {
  const found: string[] = [];
  if (sweep.kernel !== KERNEL_VERSION) found.push(`kernel version ${sweep.kernel}, not ${KERNEL_VERSION}`);
  const label = (share: Shard | null) => (share === null ? 'no shard' : `shard ${shardLabel(share)}`);
  if (label(sweep.shard) !== label(shard)) found.push(`${label(sweep.shard)}, not ${label(shard)}`);
  for (const key of Object.keys(plan.spec) as (keyof Spec)[]) {
    // A key that an older version did not know yet is as good as null.
    const [there, here] = [canonicalJson(sweep.spec[key] ?? null), canonicalJson(plan.spec[key] ?? null)];
    if (there !== here) found.push(there.length + here.length < 60 ? `${key} ${there}, not ${here}` : `another ${key}`);
  }
  return found.length > 0 ? found : ['made by another version'];
}

/** Makes the directory. @throws RunDirectoryError where that fails */
export function makeRunDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
  } catch (error) {
    throw new RunDirectoryError(
      {
        where: path,
        received: `a directory that cannot be made (${error instanceof Error ? error.message : error})`,
        allowed: 'a place where directories can be made',
        remedy: 'name another directory with --out',
      },
      { cause: error },
    );
  }
}

/** Removes a run's own files, and nothing else. */
export function clearDirectory(path: string): void {
  onRunDirectory(path, () => {
    removeJournal(path);
    clearData(path);
    // What says whose directory it is goes last: killed before, the rest is not a stranger's.
    const { sweep, ...others } = FILES;
    for (const file of [...Object.values(others), sweep]) rmSync(join(path, file), { force: true });
  });
}

/** Values of data files, and what a killed run left of one. */
const DATA_FILE = /^\.?[0-9a-f]{64}\.f32(\..*\.tmp)?$/;

function isOwnData(path: string): boolean {
  return readdirSync(join(path, DATA)).every((name) => DATA_FILE.test(name));
}

function clearData(path: string): void {
  const folder = join(path, DATA);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (DATA_FILE.test(name)) rmSync(join(folder, name), { force: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * Removes what a killed run left half written, and writes `sweep.json` and the values of data files.
 * @param expectations in place of those that are there, if given
 * @throws RunError, RunDirectoryError when the disk fails
 */
export function beginDirectory(path: string, wanted: Wanted, datasets: Datasets, expectations?: Expectations): void {
  onRunDirectory(path, () => begin(path, wanted, datasets, expectations));
}

function begin(path: string, { plan, shard }: Wanted, datasets: Datasets, expectations?: Expectations): void {
  const folders = [path, join(path, DATA)].filter((folder) => existsSync(folder));
  for (const folder of folders)
    for (const name of readdirSync(folder))
      if (LEFTOVER.test(name) || LOCK_LEFTOVER.test(name)) rmSync(join(folder, name), { force: true });
  const data: Record<string, string> = {};
  for (const [digest, values] of datasets) {
    makeDirectory(join(path, DATA));
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    data[digest] = sha256(bytes);
    const file = dataFile(path, digest);
    const there = readOwnFile(file);
    if (there === null || sha256(there) !== data[digest]) writeFileAtomically(file, bytes);
  }
  const before = readSweepFile(join(path, FILES.sweep));
  const content: SweepFile = {
    kernel: KERNEL_VERSION,
    plan: plan.hash,
    draws: plan.draws,
    shard,
    spec: plan.spec,
    data: datasets.size > 0 ? data : (before?.data ?? {}),
    ...withExpectations(expectations ?? before?.expectations),
  };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  const file = join(path, FILES.sweep);
  if (readOwnFile(file)?.toString() !== text) writeFileAtomically(file, text);
}

function withExpectations(expectations: Expectations | undefined): Pick<SweepFile, 'expectations'> {
  return expectations === undefined || expectations.expect.length === 0 ? {} : { expectations };
}

/** Gives a run other expectations: they say nothing of what was simulated. @throws RunError, RunDirectoryError when the disk fails */
export function replaceExpectations(path: string, expectations: Expectations): void {
  const file = join(path, FILES.sweep);
  const before = readSweepFile(file);
  if (before === null) return;
  const { expectations: old, ...rest } = before;
  if (canonicalJson(withExpectations(old)) === canonicalJson(withExpectations(expectations))) return;
  const content: SweepFile = { ...rest, ...withExpectations(expectations) };
  onRunDirectory(path, () => writeFileAtomically(file, `${JSON.stringify(content, null, 2)}\n`));
}

/** The values of a run's data files, kept beside it. @throws RunDirectoryError when one is missing or damaged */
export function datasetsOf({ path, sweep }: Pick<RunDirectory, 'path' | 'sweep'>): Datasets {
  const named = sweep.spec.inputs.flatMap(({ dataset }) => (dataset === null ? [] : [dataset.digest]));
  return new Map(
    [...new Set(named)].map((digest) => {
      const file = dataFile(path, digest);
      const bytes = readOwnFile(file);
      if (bytes !== null && sha256(bytes) === sweep.data[digest])
        return [digest, new Float32Array(Uint8Array.from(bytes).buffer)];
      throw new RunDirectoryError({
        where: file,
        received: bytes === null ? 'no such file' : 'a damaged file',
        allowed: 'the values of an empirical input, as the run keeps them',
        remedy: 'run the sweep again with --fresh',
      });
    }),
  );
}

function dataFile(path: string, digest: string): string {
  // What `sweep.json` says becomes a path.
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new RunDirectoryError({ where: path, received: 'a data digest that is none' });
  return join(path, DATA, `${digest}.f32`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One level at a time: Node's recursive mkdir never returns where a file system (/proc) answers that the parent is missing. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}
