import type { SweepSpec } from '../model/spec.ts';
import type { RunDirectory } from './directory.ts';

/** The sweep that asks for exactly the blocks that a run has: its own, unless a precision decided how many. */
export function resultSpec({ sweep, plan, manifest }: RunDirectory): SweepSpec {
  const { spec } = sweep;
  const [, blocks] = manifest.blocks;
  return spec.precision === null ? spec : withBlocks(spec, plan.blockSamples, blocks);
}

/** The same sweep with a number of blocks of the same size, and nothing else to work for. */
export function withBlocks(spec: SweepSpec, blockSamples: number, blocks: number): SweepSpec {
  return { ...spec, samples: blocks * blockSamples, blocks, precision: null };
}
