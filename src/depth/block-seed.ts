import type { SeedShare } from '../model/spec.ts';
import type { SeedBlock } from '../sweep/plan.ts';

/** The seed that a block is drawn from, and the block as that seed counts it. @throws RangeError when the seeds have fewer blocks */
export function blockSeed(seed: string | readonly SeedShare[], block: number): SeedBlock {
  if (typeof seed === 'string') return { seed, block };
  let local = block;
  for (const share of seed) {
    if (local < share.blocks) return { seed: share.seed, block: local };
    local -= share.blocks;
  }
  throw new RangeError(`no seed for block ${block}`);
}
