import type { Range } from './groups.ts';
import type { Plan } from './plan.ts';

/** One of `of` shares of a plan's blocks, `index` from 0. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The blocks of a share: contiguous, as even as can be, and all shares together are all blocks. */
export function blocksOf(plan: Plan, shard: Shard | null): Range {
  if (shard === null) return [0, plan.blocks];
  const from = (index: number) => Math.floor((index * plan.blocks) / shard.of);
  return [from(shard.index), from(shard.index + 1)];
}

export function shardLabel({ index, of }: Shard): string {
  return `${index}/${of}`;
}
