import { formatBytes } from '../report/size-format.ts';
import type { Forecast } from '../run/forecast.ts';
import { targetText } from '../run/precision-text.ts';
import { boundaries } from '../sweep/boundaries.ts';
import { groupsOf } from '../sweep/groups.ts';
import { cellCount, type SweepPlan } from '../sweep/plan.ts';
import { formatDuration } from './progress-rate.ts';

/** A plan and its cost, as lines. */
export function planLines(plan: SweepPlan, cost: Forecast, threads: number): string[] {
  const { spec } = plan;
  const groups = groupsOf(plan).length;
  return [
    `${spec.name} (seed ${JSON.stringify(spec.seed)}, plan ${plan.hash.slice(0, 12)})`,
    `  cells      ${cellCount(plan)} = ${axes(plan).join(' × ')}`,
    `  ensembles  ${plan.shapes.length * plan.inputs.length} = ${count(plan.shapes.length, 'weight shape')} (${plan.shapes
      .map(({ kind }) => kind)
      .join(', ')}) × ${count(plan.inputs.length, 'input')}`,
    ...bandLines(plan),
    `  blocks     ${plan.blocks} of ${plan.blockSamples} samples${roundedUp(plan)}`,
    ...roundLines(plan),
    `  groups     ${count(groups, 'group')} of tallies in memory ${groups === 1 ? 'at once' : 'by turns'}`,
    `  time       about ${timeText(cost.seconds)} with ${count(threads, 'thread')} (measured on a sample of the work)`,
    `  memory     about ${formatBytes(cost.memoryBytes)}`,
    `  files      tallies.arrow about ${formatBytes(cost.tallyFileBytes)}, estimates.arrow ${formatBytes(cost.estimateFileBytes)}`,
  ];
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function axes({ spec, inputs }: SweepPlan): string[] {
  return [
    count(inputs.length, 'input'),
    count(spec.fanIn.length, 'fan-in'),
    ...(spec.fanOut === 'fanIn' ? [] : [count(spec.fanOut.length, 'fan-out')]),
    count(spec.initializers.length, 'initializer'),
    count(spec.activations.length, 'activation'),
    count(spec.beta.length, 'slope'),
  ];
}

/** One line for each layer side: its fan-ins, and how many ensembles have it somewhere. */
function bandLines({ shapes, inputs, spec, sides }: SweepPlan): string[] {
  const bands = new Map<number, { fanIns: Set<number>; ensembles: Set<string> }>();
  shapes.forEach((shape, s) => {
    // Nobody simulates weights that are all zero.
    if (shape.kind === 'zero') return;
    inputs.forEach((_, i) => {
      spec.fanIn.forEach((fanIn, f) => {
        const side = sides[s]?.[i]?.[f] as number;
        const band = bands.get(side) ?? { fanIns: new Set(), ensembles: new Set() };
        band.fanIns.add(fanIn);
        band.ensembles.add(`${s} ${i}`);
        bands.set(side, band);
      });
    });
  });
  const ascending = [...bands].sort(([a], [b]) => a - b);
  return ascending.map(([side, { fanIns, ensembles }], k) => {
    const list = [...fanIns].sort((a, b) => a - b);
    const range = list.length > 4 ? `${list[0]} … ${list.at(-1)}` : list.join(', ');
    const title = k === 0 ? 'bands ' : '      ';
    return `  ${title}     layers of ${side} × ${side}: fan-in ${range} (${count(ensembles.size, 'ensemble')})`;
  });
}

function roundedUp({ spec, blocks, blockSamples }: SweepPlan): string {
  const total = blocks * blockSamples;
  return total === spec.samples
    ? ` = ${total} a cell`
    : ` = ${total} a cell (${spec.samples} rounded up to whole blocks)`;
}

/** Where a sweep with a precision may stop. */
function roundLines({ spec, blockSamples }: SweepPlan): string[] {
  if (spec.precision === null) return [];
  const [first, ...more] = boundaries(spec);
  const least = Math.ceil(spec.precision.minSamples / blockSamples);
  const stops = more.filter((blocks) => blocks >= least);
  return [
    `  precision  ${targetText(spec.precision)}: begins with ${first} blocks, may stop at ${stops.join(', ')}; the costs are those of ${first}`,
  ];
}

function timeText(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}
