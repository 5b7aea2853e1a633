// The sweep that is measured: the reference with more blocks, cut as `initsweep run --queue` cuts it.

import { loadSweep } from '../../dist/src/config/load.js';
import { experimentOf, planOf } from '../../dist/src/experiment/plan-of.js';
import { cutBlocks } from '../../dist/src/run/cutting.js';
import { talliesOf } from '../../dist/src/sweep/band.js';
import { shipped } from '../command.mjs';

const BLOCK_SAMPLES = 2 ** 19;
/** Blocks of a group, as many as a sweep has by default. */
const GROUP_BLOCKS = 64;

/** @param {number} waves groups that follow one another */
export async function largeSweep(waves) {
  const blocks = waves * GROUP_BLOCKS;
  const overrides = { samples: blocks * BLOCK_SAMPLES, blocks };
  const { spec, datasets } = await loadSweep(shipped('reference'), { overrides });
  return { plan: planOf(spec, datasets), datasets };
}

/**
 * The tasks of one group, without their memory, and how many tallies they make together.
 *
 * @param {import('../../src/sweep/plan.ts').Plan} plan
 * @param {number} wave
 * @param {number} seconds that a task is predicted to take
 */
export function tasksOf(plan, wave, seconds) {
  const [from, to] = [wave * GROUP_BLOCKS, (wave + 1) * GROUP_BLOCKS];
  const group = /** @type {import('../../src/sweep/groups.ts').Group} */ ({
    inputs: [0, plan.grid.inputs.length],
    fanIns: [0, plan.grid.fanIns.length],
    blocks: [from, to],
  });
  const bands = experimentOf(plan).bandsOf(plan, group);
  const tasks = bands.flatMap((band) =>
    cutBlocks([from, to], band.cost, 1e9 * seconds).map(([firstBlock, lastBlock]) => ({
      kind: /** @type {const} */ ('simulate'),
      group,
      band: band.id,
      firstBlock,
      lastBlock,
    })),
  );
  const tallies = bands.reduce((sum, band) => sum + talliesOf(band), 0) * GROUP_BLOCKS;
  return { group, tasks, tallies };
}
