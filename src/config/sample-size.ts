import type { NumberDomain } from './fields.ts';
import type { Problem } from './problems.ts';

/** A block is simulated, kept and retried whole, so its size is bounded; the kernel's packed bins (assembly/tally.ts) hold no more. */
export const BLOCK_SAMPLES_LIMIT = 2 ** 20;
/** Fewer blocks leave the jackknife too little to go on; more take more memory than they add precision. */
export const BLOCKS_DOMAIN: NumberDomain = { integer: true, min: 32, max: 4096 };
export const SAMPLES_DOMAIN: NumberDomain = { integer: true, min: 1, max: 4096 * BLOCK_SAMPLES_LIMIT };
export const DEFAULT_SAMPLES = 1_048_576;
export const DEFAULT_BLOCKS = 64;

/** The number of blocks, as asked for or by default. */
export function blockCount(samples: number, blocks: number | undefined): number {
  return blocks ?? Math.max(DEFAULT_BLOCKS, Math.ceil(samples / BLOCK_SAMPLES_LIMIT));
}

/** Blocks too few for the samples. */
export function blockProblem(samples: number, blocks: number): Problem | null {
  const least = Math.ceil(samples / BLOCK_SAMPLES_LIMIT);
  if (blocks >= least) return null;
  return {
    path: ['blocks'],
    received: `${blocks} blocks for ${samples} samples`,
    allowed: `at most ${BLOCK_SAMPLES_LIMIT} samples a block`,
    remedy: `use blocks: ${least} or more, or leave blocks out`,
  };
}
