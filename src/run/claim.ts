import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { Spec } from '../model/experiment-spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import type { Plan } from '../sweep/plan.ts';
import { type Shard, shardLabel } from '../sweep/shard.ts';
import { onRunDirectory, statOf } from '../tables/disk-error.ts';
import { DATA, isOwnData } from './data-files.ts';
import { LOCK_FILES } from './lock.ts';
import { manifestIn, type Tables } from './manifest.ts';
import { FILES, LEFTOVER } from './run-files.ts';
import { readSweepFile, type SweepFile } from './sweep-file.ts';

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
    const differing = differences(sweep, plan, shard);
    const isShorter = sweep.draws === plan.draws && differing.every((part) => part.startsWith('samples '));
    throw new RunDirectoryError({
      where: path,
      received: `the run of another plan (${differing.join(', ')})`,
      allowed: 'a new or empty directory, or this sweep’s own',
      remedy: isShorter
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

/** @throws RunDirectoryError when there is something else than a run or nothing: what is not ours is never touched */
export function refuseForeign(path: string): void {
  const found = statOf(path);
  // Other programs have a `sweep.json` as well: what it holds decides.
  if (found === null || (found.isDirectory() && readSweepFile(join(path, FILES.sweep)) !== null)) return;
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

/** Whether the tables are there, at least in their size: `changedTables` looks closer. */
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
