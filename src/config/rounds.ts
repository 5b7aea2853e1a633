import type { SweepSpec } from '../model/spec.ts';
import { boundaries } from '../sweep/boundaries.ts';
import { blockSize } from '../sweep/plan.ts';
import type { Problem } from './problems.ts';
import { BLOCKS_DOMAIN } from './sample-size.ts';

/** Blocks of the first round, at least: fewer leave an error too uncertain to stop by. */
const FEWEST_BLOCKS = 64;
const MOST_BLOCKS = BLOCKS_DOMAIN.max as number;

/** What is wrong with the rounds that a precision leads to. */
export function roundProblems(spec: SweepSpec): readonly Problem[] {
  const problem = roundProblem(spec);
  return problem === null ? [] : [problem];
}

function roundProblem(spec: SweepSpec): Problem | null {
  const { precision, samples, blocks } = spec;
  if (precision === null) return null;
  if (blocks < FEWEST_BLOCKS || blocks > MOST_BLOCKS / 2)
    return {
      path: ['blocks'],
      received: `${blocks} for the first round of a precision`,
      allowed: `integer ${FEWEST_BLOCKS} … ${MOST_BLOCKS / 2}`,
      remedy:
        blocks < FEWEST_BLOCKS
          ? 'fewer leave an error too uncertain to stop by: leave blocks out'
          : `later rounds double it, up to ${MOST_BLOCKS}: use fewer blocks, or lower samples`,
    };
  const { blockSamples } = blockSize(samples, blocks);
  const { minSamples, maxSamples } = precision;
  const least = 2 * blocks * blockSamples;
  if (maxSamples < least)
    return {
      path: ['precision', 'maxSamples'],
      received: `${maxSamples}, where the first round has ${least / 2} samples`,
      allowed: `${least} or more: the target must hold at two rounds`,
      remedy: 'raise maxSamples, or lower samples',
    };
  const last = boundaries(spec).at(-1) as number;
  if (last > MOST_BLOCKS)
    return {
      path: ['precision', 'maxSamples'],
      received: `${maxSamples}, which is ${last} blocks of ${blockSamples} samples`,
      allowed: `at most ${MOST_BLOCKS} blocks, which hold ${MOST_BLOCKS * blockSamples} samples`,
      remedy: `lower maxSamples, or use samples: ${Math.ceil(maxSamples / MOST_BLOCKS) * blocks} or more for larger blocks`,
    };
  if (minSamples > last * blockSamples)
    return {
      path: ['precision', 'minSamples'],
      received: String(minSamples),
      allowed: `at most ${last * blockSamples}, the whole blocks of maxSamples`,
      remedy: 'lower minSamples, or raise maxSamples',
    };
  return null;
}
