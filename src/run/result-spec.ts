import type { Spec } from '../model/experiment-spec.ts';
import type { Plan } from '../sweep/plan.ts';
import type { RunDirectory } from './run-directory.ts';

/** The sweep that asks for exactly the blocks that a run has: its own, unless a precision decided how many. */
export function resultSpec<P extends Plan>({ plan, manifest }: RunDirectory<P>): P['spec'] {
  const { spec } = plan;
  const [, blocks] = manifest.blocks;
  return spec.precision === null ? spec : withBlocks(spec, plan.blockSamples, blocks);
}

/** The same sweep with a number of blocks of the same size, and nothing else to work for. */
export function withBlocks<S extends Spec>(spec: S, blockSamples: number, blocks: number): S {
  return { ...spec, samples: blocks * blockSamples, blocks, precision: null };
}
