import { COLUMNS } from '../kernel/kernel.ts';
import { formatNumber, NULL_TEXT } from '../report/number-format.ts';
import { renderTable, type Terminal, type TextColumn } from '../report/terminal.ts';
import type { Replay, ReplayDraw, ReplayLayer } from '../run/replay.ts';
import type { BinSums, TallyDifference } from '../run/tally-difference.ts';
import { meanOf, varianceOf } from '../stats/moments.ts';
import type { Tally } from '../stats/tally.ts';

/** `missing`: the run says that the block failed; `lost`: it says nothing, and the table has no such row. */
export type Verdict = 'equal' | 'differs' | 'missing' | 'lost';

export function verdictOf({ stored, difference, failed }: Replay): Verdict {
  if (stored === null) return failed === null ? 'lost' : 'missing';
  return difference === null ? 'equal' : 'differs';
}

const MOST_BINS = 10;

/** A replay as lines: what was drawn, the tally, and how it compares. */
export function replayLines(replay: Replay, terminal: Terminal): string[] {
  const { ensemble, fanIn, block, blocks, seed, layer, tally, stored, difference } = replay;
  const own = seed.block === block ? '' : `, whose block ${seed.block} it is`;
  return [
    `${ensemble} at fan-in ${fanIn}, block ${block} of ${blocks[0]} … ${blocks[1] - 1}`,
    `seed ${JSON.stringify(seed.seed)}${own}`,
    ...(layer === null ? ['weights are all zero: nothing is drawn'] : layerLines(layer, terminal)),
    '',
    ...renderTable(tallyColumns(tally, difference === null ? null : stored), terminal),
    '',
    ...(difference === null ? [] : differenceLines(difference, terminal)),
    verdictLine(replay),
  ];
}

function layerLines(layer: ReplayLayer, terminal: Terminal): string[] {
  const { side, panels, weightsKey, inputsKey, centred, orthogonal, draws } = layer;
  const column = (title: string, value: (draw: ReplayDraw, i: number) => number): TextColumn => ({
    title,
    align: 'decimal',
    cells: draws.map((draw, i) => single(value(draw, i))),
  });
  return [
    `layers of ${side} × ${side}, ${COLUMNS / side} in each of ${panels} panel${panels === 1 ? '' : 's'}`,
    `weights from stream ${hex(weightsKey)}`,
    `inputs from stream  ${hex(inputsKey)}`,
    ...(centred ? ['constant weights meet inputs less their mean: z is z − E z, in the tally too'] : []),
    '',
    `first draws of unit 0 and input 0, weights at unit scale; z = ${orthogonal ? '√i · Σ weight · input / ‖weights‖' : 'Σ weight · input'} so far`,
    ...renderTable(
      [
        column('i', (_, i) => i + 1),
        column('weight', ({ weight }) => weight),
        column('input', ({ input }) => input),
        column('z', ({ z }) => z),
      ],
      terminal,
    ),
  ];
}

function hex(key: Uint32Array): string {
  return Array.from(key, (word) => word.toString(16).padStart(8, '0')).join('');
}

const ROWS: readonly (readonly [name: string, text: (tally: Tally) => string])[] = [
  ['count', (tally) => exact(tally.count)],
  ['min', (tally) => single(tally.min)],
  ['max', (tally) => single(tally.max)],
  ['mean', (tally) => exact(meanOf([tally.count, ...tally.powers]))],
  ['variance', (tally) => exact(varianceOf([tally.count, ...tally.powers]))],
  ['bins', (tally) => exact(tally.bins.length)],
  ['Σz', (tally) => exact(tally.powers[0] as number)],
  ['Σz²', (tally) => exact(tally.powers[1] as number)],
  ['Σz³', (tally) => exact(tally.powers[2] as number)],
  ['Σz⁴', (tally) => exact(tally.powers[3] as number)],
];

/** Every digit, so that tallies can be compared by eye; the stored one only where there is something to see. */
function tallyColumns(tally: Tally, stored: Tally | null): TextColumn[] {
  const column = (title: string, of: Tally): TextColumn => ({
    title,
    align: 'left',
    cells: ROWS.map(([, text]) => text(of)),
  });
  return [
    { title: 'tally', align: 'left', cells: ROWS.map(([name]) => name) },
    column('replayed', tally),
    ...(stored === null ? [] : [column('stored', stored)]),
  ];
}

/** Nine digits tell a single from its neighbours. */
function single(value: number): string {
  return formatNumber(value, 9);
}

function exact(value: number): string {
  return Number.isFinite(value) ? String(value) : formatNumber(value);
}

function differenceLines({ bins }: TallyDifference, terminal: Terminal): string[] {
  if (bins.length === 0) return [];
  const shown = bins.slice(0, MOST_BINS);
  const more = bins.length - shown.length;
  return [
    ...renderTable(
      [
        { title: 'bin', align: 'decimal', cells: shown.map(({ bin }) => String(bin)) },
        { title: 'replayed', align: 'left', cells: shown.map(({ replayed }) => binText(replayed)) },
        { title: 'stored', align: 'left', cells: shown.map(({ stored }) => binText(stored)) },
      ],
      terminal,
    ),
    ...(more > 0 ? [`… and ${more} more bin${more === 1 ? '' : 's'}`] : []),
    '',
  ];
}

function binText(sums: BinSums | null): string {
  if (sums === null) return NULL_TEXT;
  const [count, sum, square] = sums;
  return `count ${count}, Σr ${sum}, Σr² ${square}`;
}

function verdictLine(replay: Replay): string {
  const { difference, failed } = replay;
  switch (verdictOf(replay)) {
    case 'equal':
      return 'equal to the stored tally, bit for bit';
    case 'differs':
      return `differs from the stored tally in ${difference?.columns.join(', ')}`;
    case 'missing':
      return `missing in the table: the block failed in the run (${failed?.error})`;
    case 'lost':
      return 'missing in the table, though the run names no such block as failed';
  }
}
