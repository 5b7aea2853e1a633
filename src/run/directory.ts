import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { SweepSpec } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { planSweep, type SweepPlan } from '../sweep/plan.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { type Manifest, readManifest } from './manifest.ts';

export const FILES = {
  sweep: 'sweep.json',
  manifest: 'manifest.json',
  tallies: 'tallies.arrow',
  estimates: 'estimates.arrow',
} as const;

/** The content of `sweep.json`: what was asked for, and the identity of the results. */
export interface SweepFile {
  readonly kernel: string;
  readonly plan: string;
  readonly spec: SweepSpec;
}

/** A run on disk. */
export interface RunDirectory {
  readonly path: string;
  readonly sweep: SweepFile;
  readonly manifest: Manifest;
  readonly plan: SweepPlan;
}

/** The two files that say what a run is and how it stands. @throws RunDirectoryError when they are missing or damaged */
export function readRunFiles(path: string): Pick<RunDirectory, 'path' | 'sweep' | 'manifest'> {
  const sweep = readSweepFile(path);
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
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'no such directory';
  return found.isDirectory() ? `a directory without ${FILES.sweep}` : 'a file';
}

/** Opens a finished or unfinished run. Throws like {@link readRunFiles}, and when it is of another kernel or was edited */
export function openRun(path: string): RunDirectory {
  const files = readRunFiles(path);
  return { ...files, plan: planOf(path, files.sweep) };
}

/** The run in `path` with both tables in place. @throws RunDirectoryError as {@link openRun}, and when it is not finished */
export function openFinishedRun(path: string): RunDirectory {
  const run = openRun(path);
  if (run.manifest.status === 'finished') return run;
  throw new RunDirectoryError({
    where: path,
    received: `a run that is ${run.manifest.status}`,
    allowed: 'a finished run',
    remedy: 'finish it with the `initsweep run` command that began it',
  });
}

function planOf(path: string, sweep: SweepFile): SweepPlan {
  if (sweep.kernel !== KERNEL_VERSION) {
    throw new RunDirectoryError({
      where: join(path, FILES.sweep),
      received: `kernel version ${sweep.kernel}`,
      allowed: `kernel version ${KERNEL_VERSION}`,
      remedy: 'use the version of initsweep that made the run, or run the sweep again',
    });
  }
  const plan = planSweep(sweep.spec);
  if (plan.hash === sweep.plan) return plan;
  throw new RunDirectoryError({
    where: join(path, FILES.sweep),
    received: `a sweep with plan ${plan.hash.slice(0, 12)}`,
    allowed: `plan ${sweep.plan.slice(0, 12)}, as the file says`,
    remedy: 'the file was edited: run the sweep again into another directory',
  });
}

function readSweepFile(path: string): SweepFile | null {
  const file = join(path, FILES.sweep);
  if (!existsSync(file)) return null;
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as Partial<SweepFile>;
    if (content.kernel && content.plan && content.spec) return content as SweepFile;
  } catch {}
  throw new RunDirectoryError({
    where: file,
    received: 'a damaged file',
    remedy: 'run the sweep again into another directory, or remove this one',
  });
}

/** Temporary files of a run that was killed. */
const LEFTOVER = /^\.(sweep\.json|manifest\.json|tallies\.arrow|estimates\.arrow)\..*\.tmp$/;

/** What a directory means to a plan that is about to run in it. */
export type Claim = 'new' | 'finished' | 'unfinished';

/**
 * Looks at the directory before a run. @throws RunDirectoryError when it holds another plan's run (with the differences), or
 * files that are not a run's
 */
export function claimDirectory(path: string, plan: SweepPlan): Claim {
  const sweep = readSweepFile(path);
  if (sweep === null) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === false) {
      throw new RunDirectoryError({
        where: path,
        received: 'a file',
        allowed: 'a new or empty directory, or this sweep’s own',
        remedy: 'name another directory with --out',
      });
    }
    if (found !== undefined && readdirSync(path).some((name) => !LEFTOVER.test(name))) {
      throw new RunDirectoryError({
        where: path,
        received: 'a directory with other files in it',
        allowed: 'a new or empty directory, or this sweep’s own',
        remedy: 'name another directory with --out',
      });
    }
    return 'new';
  }
  if (sweep.plan !== plan.hash) {
    throw new RunDirectoryError({
      where: path,
      received: `the run of another plan (${differences(sweep, plan).join(', ')})`,
      allowed: 'a new or empty directory, or this sweep’s own',
      remedy: 'name another directory with --out, or start over in this one with --fresh',
    });
  }
  const complete = [FILES.manifest, FILES.tallies, FILES.estimates].every((file) => existsSync(join(path, file)));
  // Without its manifest a run was interrupted between its first two files: nothing of it is worth keeping.
  if (!complete) return 'unfinished';
  return readManifest(join(path, FILES.manifest)).status === 'finished' ? 'finished' : 'unfinished';
}

/** Names of the parts of a sweep that differ, with short values. */
function differences(sweep: SweepFile, plan: SweepPlan): string[] {
  const found: string[] = [];
  if (sweep.kernel !== KERNEL_VERSION) found.push(`kernel version ${sweep.kernel}, not ${KERNEL_VERSION}`);
  for (const key of Object.keys(plan.spec) as (keyof SweepSpec)[]) {
    // A key that an older version did not know yet is as good as null.
    const [there, here] = [canonicalJson(sweep.spec[key] ?? null), canonicalJson(plan.spec[key])];
    if (there !== here) found.push(there.length + here.length < 60 ? `${key} ${there}, not ${here}` : `another ${key}`);
  }
  return found.length > 0 ? found : ['made by another version'];
}

/** Makes the directory, removes what a killed run left half written there, and writes `sweep.json`. */
export function beginDirectory(path: string, plan: SweepPlan): void {
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
  for (const name of readdirSync(path)) if (LEFTOVER.test(name)) rmSync(join(path, name), { force: true });
  const content: SweepFile = { kernel: KERNEL_VERSION, plan: plan.hash, spec: plan.spec };
  writeFileAtomically(join(path, FILES.sweep), `${JSON.stringify(content, null, 2)}\n`);
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
