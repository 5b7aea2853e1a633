import { textColumn } from './cells.ts';
import { type EstimateRows, findField, getField } from './estimate-rows.ts';
import { formatNumber, NULL_TEXT } from './number-format.ts';
import { type Group, representatives } from './representatives.ts';
import { renderTable, type Terminal, type TextColumn } from './terminal.ts';
import { theoryTexts } from './theory-text.ts';

const STATISTICS = ['z_var', 'd_mean', 'saturated'] as const;
/** Title, blank, header, rule, and the line that explains `~`. */
const FRAME_LINES = 5;

export interface SummaryOptions extends Terminal {
  /** Lines at most; 40 when left out. */
  readonly lines?: number;
}

/**
 * The table that closes a run: for each initializer and input, at a few fan-ins, the simulation beside its theory. One
 * activation (the first) and one slope (nearest 1) stand for all; see {@link representatives}.
 *
 * @returns lines without line ends, at most `options.lines`
 */
export function summaryLines(table: EstimateRows, options: SummaryOptions): string[] {
  if (table.rows === 0) return [];
  // A narrow terminal adds a line that names what it has no room for; initializers left out add another.
  const room = (options.lines ?? 40) - FRAME_LINES - (options.columns === null ? 0 : 1);
  const whole = representatives(table, room);
  const { activation, beta, groups, left } = whole.left === 0 ? whole : representatives(table, room - 1);
  const lines = [
    `${labelOf(table, 'activation', activation)} at β = ${formatNumber(beta)}: simulation ± standard error, and theory`,
    '',
    ...renderTable(layOut(table, groups), options),
    '~ theory of the limit of large fan-in; the others are exact',
  ];
  if (left > 0) lines.push(`… and ${left} more initializer${left === 1 ? '' : 's'}`);
  return lines;
}

function labelOf(table: EstimateRows, column: string, index: number): string {
  return findField(table, column)?.values?.[index] ?? NULL_TEXT;
}

/** A heading row has a null row number. */
function layOut(table: EstimateRows, groups: readonly Group[]): TextColumn[] {
  const rows = groups.flatMap((group) => [null, ...group.rows]);
  const real = Uint32Array.from(groups.flatMap((group) => group.rows));
  const inputs = table.numbers('input');
  const fanIns = table.numbers('fan_in');
  let group = -1;
  let previous: number | undefined;
  const names = rows.map((row) => {
    if (row === null) {
      previous = undefined;
      return labelOf(table, 'initializer', groups[++group]?.initializer ?? -1);
    }
    const input = inputs[row] as number;
    const text = input === previous ? '' : `  ${labelOf(table, 'input', input)}`;
    previous = input;
    return text;
  });
  const withHeadings = (cells: readonly string[]): string[] => {
    let next = 0;
    return rows.map((row) => (row === null ? '' : (cells[next++] ?? '')));
  };
  return [
    { title: '', align: 'left', cells: names },
    {
      title: 'fan_in',
      align: 'decimal',
      cells: rows.map((row) => (row === null ? '' : formatNumber(fanIns[row] as number, 7))),
    },
    ...STATISTICS.flatMap((name): TextColumn[] => {
      const simulated = textColumn(table, getField(table, name, 'summary'), real);
      return [
        { ...simulated, cells: withHeadings(simulated.cells) },
        { title: 'theory', align: 'decimal', cells: withHeadings(theoryTexts(table, name, real)) },
      ];
    }),
  ];
}
