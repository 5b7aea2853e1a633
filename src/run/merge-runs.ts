import { resolve } from 'node:path';
import { BLOCKS_DOMAIN } from '../config/sample-size.ts';
import { RunDirectoryError, UsageError } from '../errors.ts';
import type { SeedShare, SweepSpec } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import type { Range } from '../sweep/groups.ts';
import { shardLabel } from '../sweep/shard.ts';
import { datasetsOf } from './data-files.ts';
import { type FillOptions, refuseOwnDirectory } from './derive-run.ts';
import { knownRun, requireIntactTallies } from './finished-tables.ts';
import { resultSpec, withBlocks } from './result-spec.ts';
import { openRun, type RunDirectory, requireFinished } from './run-directory.ts';
import { type RunOutcome, runSweep } from './run-sweep.ts';

/** Blocks of one seed in one run. */
interface Part {
  readonly run: RunDirectory;
  readonly seed: string;
  /** Blocks of the seed. */
  readonly blocks: Range;
  /** Blocks of the run that come before the seed's block 0. */
  readonly before: number;
}

/**
 * One run of several: shares of a plan become the run that it is, byte for byte, and runs of a plan under different seeds pool into one
 * with more blocks and smaller errors. Blocks that several runs have must be equal, and count once.
 *
 * @param onNote is told of directories given twice, and of blocks that several runs have
 * @throws UsageError when runs do not go together, RunDirectoryError when blocks are missing, or two runs have different ones
 */
export async function mergeRuns(
  paths: readonly string[],
  options: FillOptions,
  onNote: (note: string) => void = () => {},
): Promise<RunOutcome> {
  const distinct = [...new Map(paths.map((path) => [resolve(path), path])).values()];
  const found = distinct.map(openRun).map((run) => (isUnfinishedShare(run) ? run : requireFinished(run)));
  const [first] = found;
  if (first === undefined)
    throw new UsageError({ where: 'merge', received: 'no run', allowed: 'the directories of runs' });
  refuseOwnDirectory(options.directory, paths);
  for (const run of found.slice(1)) requireSamePlan(first, run);
  requireSameCuts(found);
  if (distinct.length < paths.length) onNote(`of ${paths.length} directories, ${distinct.length} are different ones`);
  const runs = found.filter((run) => !isUnfinishedShare(run));
  // In the order of the seeds, not of the arguments: the same runs give the same bytes.
  const all = found.flatMap(partsOf);
  const seeds = [...new Set(all.map(({ seed }) => seed))].sort();
  const shares = seeds.map((seed): SeedShare => ({ seed, blocks: wholeOf(seed, all, onNote) }));
  const parts = runs.flatMap(partsOf);
  const spec = mergedSpec(runs, first, shares);
  for (const run of runs) await requireIntactTallies(run);
  const { expectations } = first.sweep;
  return runSweep(
    { spec, datasets: datasetsOf(first), ...(expectations === undefined ? {} : { expectations }) },
    {
      ...options,
      origins: runs.map((run) => ({ directory: run.path, plan: run.plan.hash })),
      known: (plan) =>
        parts.map(({ run, seed, blocks, before }) => {
          const start = shares.slice(0, seeds.indexOf(seed)).reduce((sum, share) => sum + share.blocks, 0);
          const inside = (block: number) => block >= blocks[0] && block < blocks[1];
          return knownRun(plan, run, (block) => (inside(block - before) ? start + block - before : null));
        }),
    },
  );
}

/** One is as good as missing, and the others may be in the same state: all of them are named together. */
function isUnfinishedShare({ sweep, manifest }: RunDirectory): boolean {
  return sweep.shard !== null && manifest.status !== 'finished';
}

/** The seeds of a run, and which of their blocks it has. */
function partsOf(run: RunDirectory): Part[] {
  const { seed } = run.sweep.spec;
  if (typeof seed === 'string') return [{ run, seed, blocks: run.manifest.blocks, before: 0 }];
  let before = 0;
  return seed.map((share) => {
    const part: Part = { run, seed: share.seed, blocks: [0, share.blocks], before };
    before += share.blocks;
    return part;
  });
}

/** The number of a seed's blocks. @throws RunDirectoryError when some of them are in no run */
function wholeOf(seed: string, parts: readonly Part[], onNote: (note: string) => void): number {
  const own = parts.filter((part) => part.seed === seed).toSorted((a, b) => a.blocks[0] - b.blocks[0]);
  const total = Math.max(...own.map(({ run, blocks }) => (run.sweep.shard === null ? blocks[1] : run.plan.blocks)));
  let [end, last] = [0, ''];
  const missing: string[] = [];
  for (const { run, blocks } of own) {
    if (isUnfinishedShare(run)) continue;
    if (blocks[0] > end) missing.push(rangeText([end, blocks[0]]));
    if (blocks[0] < end)
      onNote(
        `blocks ${rangeText([blocks[0], Math.min(end, blocks[1])])} of seed ${seed} are in ${last} and in ${run.path}`,
      );
    if (blocks[1] > end) [end, last] = [blocks[1], run.path];
  }
  if (end < total) missing.push(rangeText([end, total]));
  if (missing.length === 0) return total;
  throw new RunDirectoryError({
    where: `seed ${seed}`,
    received: `blocks without ${missing.join(', ')}`,
    allowed: `all ${total} blocks`,
    remedy: wanting(own),
  });
}

/** What to do about blocks that are missing: which shares to run, as `run` and as a scheduler takes them, where all runs are shares of one cut. */
function wanting(own: readonly Part[]): string {
  const of = own[0]?.run.sweep.shard?.of;
  if (of === undefined || own.some(({ run }) => run.sweep.shard?.of !== of))
    return 'name the runs that have them too, or run them first';
  const finished = new Set(own.map(({ run }) => (isUnfinishedShare(run) ? null : run.sweep.shard?.index)));
  const indices = Array.from({ length: of }, (_, index) => index).filter((index) => !finished.has(index));
  const shards = indices.map((index) => `--shard ${shardLabel({ index, of })}`).join(', ');
  return `of ${of} shares, these are missing or not finished: run them with ${shards} (--array=${indices.join(',')}), then merge all`;
}

function rangeText([from, to]: Range): string {
  return to - from === 1 ? `${from}` : `${from}…${to - 1}`;
}

function mergedSpec(runs: readonly RunDirectory[], first: RunDirectory, shares: readonly SeedShare[]): SweepSpec {
  const blocks = shares.reduce((sum, share) => sum + share.blocks, 0);
  const most = BLOCKS_DOMAIN.max as number;
  if (blocks > most) throw new UsageError({ where: 'merge', received: `${blocks} blocks`, allowed: `at most ${most}` });
  const [share] = shares;
  const seed = shares.length === 1 && share !== undefined ? share.seed : shares;
  const specs = runs.map((run) => (run.sweep.shard === null ? resultSpec(run) : run.sweep.spec));
  const [one] = specs as [SweepSpec];
  // What was asked for is kept where all asked for the same, so that shares become the very run.
  const agreed = one.blocks === blocks && specs.every(({ samples }) => samples === one.samples);
  return { ...(agreed ? one : withBlocks(one, first.plan.blockSamples, blocks)), seed };
}

/** All but the seed and the number of blocks must agree. */
function requireSamePlan(first: RunDirectory, other: RunDirectory): void {
  const common = ({ sweep, plan }: RunDirectory): Readonly<Record<string, unknown>> => {
    const { seed: _seed, samples: _samples, blocks: _blocks, ...rest } = sweep.spec;
    return { ...rest, 'samples a block': plan.blockSamples };
  };
  const [ours, theirs] = [common(first), common(other)];
  const keys = Object.keys(ours).filter(
    (key) => canonicalJson(ours[key] ?? null) !== canonicalJson(theirs[key] ?? null),
  );
  if (keys.length === 0) return;
  throw new UsageError({
    where: other.path,
    received: `a run with another ${keys.join(', ')} than ${first.path}`,
    allowed: 'shares of one plan, or runs of it under different seeds',
  });
}

/** Shares of one seed are of as many blocks: those of others lie elsewhere. */
function requireSameCuts(runs: readonly RunDirectory[]): void {
  const firsts = new Map<string, RunDirectory>();
  for (const run of runs) {
    if (run.sweep.shard === null) continue;
    const seed = canonicalJson(run.sweep.spec.seed);
    const first = firsts.get(seed) ?? run;
    firsts.set(seed, first);
    if (run.plan.blocks === first.plan.blocks) continue;
    throw new UsageError({
      where: run.path,
      received: `a share of ${run.plan.blocks} blocks`,
      allowed: `shares of one plan: ${first.path} is of ${first.plan.blocks} blocks`,
    });
  }
}
