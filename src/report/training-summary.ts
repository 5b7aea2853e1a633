import { textColumn } from './cells.ts';
import { type EstimateRows, findField, getField } from './estimate-rows.ts';
import { formatFixed, NULL_TEXT } from './number-format.ts';
import { renderTable, type Terminal, type TextColumn } from './terminal.ts';

/** The tables of a training experiment. */
export interface TrainingTables {
  readonly training: EstimateRows;
  readonly arms: EstimateRows;
}

export interface TrainingSummaryOptions extends Terminal {
  /** Lines at most; 40 when left out. */
  readonly lines?: number;
}

/** Title, blank, header, rule, one line of what has no room, two of words, and one of arms left out. */
const FRAME_LINES = 8;

/** Columns from the most wanted on; a narrow terminal leaves the last ones out. */
const COLUMNS = [
  ['reached', 'reached'],
  ['steps_mean', 'steps'],
  ['steps_mean_difference', 'less baseline'],
  ['final_loss', 'final loss'],
  ['final_loss_difference', 'less baseline'],
  ['diverged', 'diverged'],
  ['final_accuracy', 'accuracy'],
] as const;

/**
 * The table that closes a training run: by arm, how many networks reached the target loss, after how many steps, where they ended,
 * and how that differs from the baseline.
 *
 * @returns lines without line ends, at most `options.lines`
 */
export function trainingSummary({ training, arms }: TrainingTables, options: TrainingSummaryOptions): string[] {
  if (arms.rows === 0) return [];
  const room = Math.max(1, (options.lines ?? 40) - FRAME_LINES);
  const rows = Uint32Array.from({ length: Math.min(room, arms.rows) }, (_, row) => row);
  const columns = COLUMNS.filter(([name]) => hasValues(arms, name)).map(([name, title]): TextColumn => {
    const column = textColumn(arms, getField(arms, name, 'summary'), rows);
    return { ...column, title };
  });
  const lines = [
    titleOf(training, arms),
    '',
    ...renderTable([textColumn(arms, getField(arms, 'arm', 'summary'), rows), ...columns], options),
    'steps to the target loss; networks that never reach it count as all steps (restricted mean): no error where few do',
  ];
  if (arms.rows > 1)
    lines.push(
      'differences are paired: their errors account for shared draws, and are small for arms of one shape that train alike',
    );
  if (rows.length < arms.rows) lines.push(`… and ${arms.rows - rows.length} more arms`);
  return lines;
}

function titleOf(training: EstimateRows, arms: EstimateRows): string {
  const most = (table: EstimateRows, column: string) => table.numbers(column).reduce((a, b) => Math.max(a, b), 0);
  const networks = `${formatFixed(most(arms, 'replicates'), 0)} networks an arm`;
  const size = `${most(training, 'layer')} weight layers`;
  const baseline = baselineOf(arms);
  const against = baseline === null ? '' : `, baseline ${baseline}`;
  return `${networks} of ${size}, looked at up to step ${formatFixed(most(training, 'step'), 0)}: mean ± standard error${against}`;
}

/** The arm without a difference, where there is just one such. */
function baselineOf(arms: EstimateRows): string | null {
  if (arms.rows < 2) return null;
  const differences = arms.numbers('reached_difference');
  const blocks = arms.numbers('blocks');
  const without = Array.from(differences.keys()).filter((row) => Number.isNaN(differences[row]) && blocks[row] !== 0);
  const [only, ...others] = without;
  if (only === undefined || others.length > 0) return null;
  return arms.labels('arm')[only] ?? NULL_TEXT;
}

function hasValues(table: EstimateRows, name: string): boolean {
  return findField(table, name) !== undefined && table.numbers(name).some((value) => !Number.isNaN(value));
}
