import type { SweepSpec } from '../model/spec.ts';
import type { RunDirectory } from './directory.ts';

/** The sweep that asks for exactly the blocks that a run has; its own, unless a precision target decided how many. */
export function resultSpec({ sweep, plan, manifest }: RunDirectory): SweepSpec {
  const { spec } = sweep;
  const [, blocks] = manifest.blocks;
  return blocks === spec.blocks ? spec : withBlocks(spec, plan.blockSamples, blocks);
}

/** The same sweep with another number of blocks of the same size. */
export function withBlocks(spec: SweepSpec, blockSamples: number, blocks: number): SweepSpec {
  return { ...spec, samples: blocks * blockSamples, blocks };
}
