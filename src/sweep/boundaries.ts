import type { SweepSpec } from '../model/spec.ts';
import { blockSize } from './plan.ts';

/**
 * Numbers of blocks at which a sweep may stop: B, 2B, 4B … and at last as many as `maxSamples` holds, which may be less than a
 * doubling. Without a precision there is one, B.
 *
 * Looking twice as late each time, and never in between, is what keeps stopping from biasing the estimates (docs/decisions/010-precision.md).
 * The block size is that of the first round.
 */
export function boundaries({ samples, blocks, precision }: SweepSpec): number[] {
  const found = [blocks];
  if (precision === null) return found;
  const last = Math.floor(precision.maxSamples / blockSize(samples, blocks).blockSamples);
  for (let next = 2 * blocks; next < last; next *= 2) found.push(next);
  if (last > blocks) found.push(last);
  return found;
}
