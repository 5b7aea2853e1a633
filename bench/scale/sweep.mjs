// The sweep that is measured: the reference with more blocks, cut as `initsweep run --queue` cuts it.

import { loadSweep } from '../../dist/src/config/load.js';
import { cutBlocks } from '../../dist/src/run/cutting.js';
import { bandsOf } from '../../dist/src/sweep/bands.js';
import { blockCost } from '../../dist/src/sweep/cost.js';
import { planSweep } from '../../dist/src/sweep/plan.js';
import { shipped } from '../command.mjs';

const BLOCK_SAMPLES = 2 ** 19;
/** Blocks of a group, as many as a sweep has by default. */
const GROUP_BLOCKS = 64;

/** @param {number} waves groups that follow one another */
export async function largeSweep(waves) {
  const blocks = waves * GROUP_BLOCKS;
  const overrides = { samples: blocks * BLOCK_SAMPLES, blocks };
  const { spec, datasets } = await loadSweep(shipped('reference'), { overrides });
  return { plan: planSweep(spec, datasets), datasets };
}

/**
 * The tasks of one group, without their memory.
 *
 * @param {import('../../src/sweep/plan.ts').SweepPlan} plan
 * @param {number} wave
 * @param {number} seconds that a task is predicted to take
 */
export function tasksOf(plan, wave, seconds) {
  const [from, to] = [wave * GROUP_BLOCKS, (wave + 1) * GROUP_BLOCKS];
  const group = /** @type {import('../../src/sweep/groups.ts').Group} */ ({
    inputs: [0, plan.inputs.length],
    fanIns: [0, plan.spec.fanIn.length],
    blocks: [from, to],
  });
  const tasks = bandsOf(plan, group).flatMap((band) =>
    cutBlocks([from, to], blockCost(band), 1e9 * seconds).map(([firstBlock, lastBlock]) => ({
      kind: /** @type {const} */ ('simulate'),
      group,
      side: band.side,
      firstBlock,
      lastBlock,
    })),
  );
  return { group, tasks };
}
