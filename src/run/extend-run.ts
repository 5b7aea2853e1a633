import type { LoadedSweep } from '../config/load.ts';
import { BLOCKS_DOMAIN } from '../config/sample-size.ts';
import { UsageError } from '../errors.ts';
import { datasetsOf } from './data-files.ts';
import type { RunOrigin } from './manifest.ts';
import { resultSpec, withBlocks } from './result-spec.ts';
import { openRun, type RunDirectory, talliesOfBlock } from './run-directory.ts';
import type { RunOptions } from './run-options.ts';
import { type RunOutcome, runSweep } from './run-sweep.ts';

/**
 * More blocks on top of a run, in its own directory: old tallies keep their bytes, both tables are written anew. The result is that of
 * a sweep with these `samples` and `blocks` in its config.
 *
 * @param samples pre-activations for each cell, old ones included; rounded up to whole blocks
 * @throws UsageError when that is less than the run has, or more blocks than a run may have; RunDirectoryError when there is no run
 */
export async function extendRun(
  path: string,
  samples: number,
  options: Omit<RunOptions, 'directory' | 'extending' | 'shard' | 'fresh' | 'known' | 'confirm'>,
): Promise<RunOutcome> {
  const { loaded, origins } = extension(path, samples);
  // Another process may have extended it further before this one had the lock.
  const confirm = () => void extension(path, samples);
  return runSweep(loaded, { ...options, directory: path, extending: true, origins, confirm });
}

/** What a run becomes, from what it is now. Throws like {@link extendRun} */
function extension(
  path: string,
  samples: number,
): { readonly loaded: LoadedSweep; readonly origins: readonly RunOrigin[] } {
  const run = openRun(path);
  const { plan, sweep } = run;
  const refuse = (received: string, allowed: string, remedy: string): never => {
    throw new UsageError({ where: path, received, allowed, remedy });
  };
  if (sweep.shard !== null) refuse('a share of a run', 'a whole run', 'merge the shares first');
  if (typeof sweep.spec.seed !== 'string')
    refuse(
      'a run pooled from several seeds',
      'a run of one seed',
      'extend the runs that it is made of, and merge them again',
    );
  const spec = resultSpec(run);
  const blocks = Math.ceil(samples / plan.blockSamples);
  const most = BLOCKS_DOMAIN.max as number;
  const least = blocksInPlace(run) ?? spec.blocks;
  if (blocks < least || blocks > most) {
    throw new UsageError({
      where: '--samples',
      received: `${samples}, which is ${blocks} blocks of ${plan.blockSamples}`,
      allowed: `${least * plan.blockSamples} (what the run has) to ${most * plan.blockSamples} (${most} blocks)`,
    });
  }
  return {
    loaded: { spec: withBlocks(spec, plan.blockSamples, blocks), datasets: datasetsOf(run) },
    origins: run.manifest.origins,
  };
}

/**
 * Blocks of the tables in place, which an extension that was not finished has left; null where there are none. Where blocks failed, rows
 * don't tell, and the manifest does.
 */
function blocksInPlace({ manifest, plan }: RunDirectory): number | null {
  if (manifest.status === 'incomplete') return manifest.blocks[1];
  const rows = manifest.tables['tallies']?.rows;
  return rows === undefined ? null : Math.ceil(rows / talliesOfBlock(plan));
}
