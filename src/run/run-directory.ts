import { join } from 'node:path';
import { isSweep } from '../config/config-of.ts';
import { RunDirectoryError } from '../errors.ts';
import { planOf } from '../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { Plan, SweepPlan } from '../sweep/plan.ts';
import { blocksOf, shardLabel } from '../sweep/shard.ts';
import { statOf } from '../tables/disk-error.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { FILES } from './run-files.ts';
import { readSweepFile, type SweepFile } from './sweep-file.ts';

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

/** @throws RunDirectoryError when it is not finished, or its manifest is of another run */
export function requireFinished(run: RunDirectory): RunDirectory {
  const { path } = run;
  if (run.manifest.status === 'finished') return requireOwnManifest(run);
  throw new RunDirectoryError({
    where: path,
    received: `a run that is ${run.manifest.status}`,
    allowed: 'a finished run',
    remedy: finishing(run),
  });
}

/** The command that finishes a run: tables of fewer blocks than its plan's are those of the run that was to be extended. */
function finishing({ path, sweep, manifest, plan }: RunDirectory): string {
  const samples = plan.blocks * plan.blockSamples;
  const rows = manifest.tables['tallies']?.rows ?? Number.POSITIVE_INFINITY;
  const isExtension = sweep.shard === null && plan.spec.precision === null && plan.spec.samples === samples;
  return isExtension && rows <= talliesOfBlock(plan) * (plan.blocks - 1)
    ? `finish it with \`initsweep extend ${path} --samples ${samples}\``
    : 'finish it with the command that began it (`initsweep run`, `derive` or `merge`)';
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
