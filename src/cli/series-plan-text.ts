import { availableCores } from '../execute/cores.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { formatBytes } from '../report/size-format.ts';
import { rowFileBytes } from '../run/forecast.ts';
import { groupsOf } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import { formatDuration } from './progress-rate.ts';

/** Seconds before work begins and after it ends. */
const START = 0.6;
/** Bytes of the process before it does anything, and of each worker thread. */
const PROCESS = 120e6;
const WORKER = 40e6;

/**
 * A plan of networks or arms and its cost, as lines.
 *
 * @param speed measured over modelled time; null: the cost is that of the machine on which the model was measured
 */
export function seriesPlanLines(plan: Plan, threads: number, speed: number | null): string[] {
  const { spec, grid, blocks, blockSamples, tallyRoom } = plan;
  const experiment = experimentOf(plan);
  const work = groupsOf(plan)
    .flatMap((group) => experiment.bandsOf(plan, group))
    .reduce((sum, { cost }) => sum + blocks * cost, 0);
  const seconds = START + ((speed ?? 1) * work) / 1e9 / Math.min(threads, availableCores());
  const tallies = grid.inputs.length * grid.fanIns.length * grid.series.length * blocks;
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const names = spec.experiment === 'depth' ? ['width', 'network'] : ['number of features', 'arm'];
  const [size, series] = names as [string, string];
  const rows = experiment.rowCounts(plan);
  const tables = experiment.tables.map(
    ({ name, columns }, i) => `${name}.arrow ${formatBytes(rowFileBytes(columns, rows[i] as number))}`,
  );
  return [
    `${spec.name} (seed ${JSON.stringify(spec.seed)}, plan ${plan.hash.slice(0, 12)})`,
    `  rows       ${rows[0]} of ${experiment.tables[0].name}.arrow`,
    `  series     ${count(grid.series.length, series)} × ${count(grid.inputs.length, 'input')} × ${count(grid.fanIns.length, size)}`,
    `  blocks     ${blocks} of ${blockSamples} = ${blocks * blockSamples} replicates (${spec.samples} asked for)`,
    `  time       about ${seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds)} with ${count(threads, 'thread')} (${speed === null ? 'by a cost model, not measured here' : 'measured on a sample of the work'})`,
    `  memory     about ${formatBytes(PROCESS + threads * WORKER + Math.min(2 * 6400, tallies) * tallyRoom)}`,
    `  files      tallies.arrow about ${formatBytes(tallies * tallyRoom)}, ${tables.join(', ')}`,
  ];
}
