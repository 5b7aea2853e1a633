import { NULL_TEXT } from './number-format.ts';

/** One column of a table, as text. */
export interface TextColumn {
  readonly title: string;
  /** `decimal` puts the decimal points of a column under each other. */
  readonly align: 'left' | 'decimal';
  readonly cells: readonly string[];
}

/** What the output can show. */
export interface Terminal {
  /** Width in characters; null where nothing is to be cut (a pipe, a file). */
  readonly columns: number | null;
  readonly color: boolean;
}

/** The terminal behind a stream: its width and colours, neither of them in a pipe, no colour under NO_COLOR. */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const tty = stream.isTTY === true;
  // Some terminals report 0 columns; that says nothing about their width.
  const columns = tty && stream.columns !== undefined && stream.columns > 0 ? stream.columns : null;
  return { columns, color: tty && !env.NO_COLOR && env.TERM !== 'dumb' };
}

const GAP = '  ';
/** Labels are cut no further than this before columns are left out. */
const SHORTEST_LABEL = 14;

interface LaidColumn extends TextColumn {
  readonly width: number;
}

/**
 * Lays text out in aligned columns under a header. Where the terminal is too narrow, long labels are cut with `…` first,
 * then columns are left out from the right and named in a last line.
 *
 * @returns lines without line ends
 */
export function renderTable(columns: readonly TextColumn[], terminal: Terminal): string[] {
  const { kept, dropped } = fit(columns.map(lay), terminal.columns);
  const paint = painter(terminal.color);
  const lines = [
    join(kept.map((c) => paint.header(pad(c.title, c)))),
    join(kept.map((c) => paint.dim('─'.repeat(c.width)))),
  ];
  const rows = kept[0]?.cells.length ?? 0;
  for (let row = 0; row < rows; row++)
    lines.push(
      join(
        kept.map((c) => {
          const cell = c.cells[row] ?? '';
          return cell.trim() === NULL_TEXT ? paint.dim(pad(cell, c)) : pad(cell, c);
        }),
      ),
    );
  if (dropped.length > 0)
    lines.push(`(no room for ${dropped.map((c) => c.title).join(', ')}: widen the terminal or choose columns)`);
  return lines;
}

function join(cells: readonly string[]): string {
  return cells.join(GAP).trimEnd();
}

/** Characters as a terminal counts them (code points; labels hold no wide or combining ones worth a table of them). */
function widthOf(text: string): number {
  let width = 0;
  for (const _ of text) width++;
  return width;
}

function most(texts: readonly string[], measure: (text: string) => number): number {
  return texts.reduce((largest, text) => Math.max(largest, measure(text)), 0);
}

/** Labels come from configs and file names: a control character in one must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '�');
}

/** Position of the decimal point, or where it would be. */
function pointOf(text: string): number {
  const point = text.search(/[.e ]/);
  return point < 0 ? widthOf(text) : point;
}

function lay(column: TextColumn): LaidColumn {
  const cells = column.cells.map(printable);
  const title = printable(column.title);
  if (column.align === 'left')
    return { ...column, title, cells, width: Math.max(widthOf(title), most(cells, widthOf)) };
  const deepest = most(cells, pointOf);
  const aligned = cells.map((cell) => ' '.repeat(deepest - pointOf(cell)) + cell);
  const widest = most(aligned, widthOf);
  return {
    ...column,
    title,
    cells: aligned.map((cell) => cell + ' '.repeat(widest - widthOf(cell))),
    width: Math.max(widthOf(title), widest),
  };
}

function pad(text: string, { width, align }: LaidColumn): string {
  const cut = widthOf(text) > width ? `${[...text].slice(0, width - 1).join('')}…` : text;
  const blanks = ' '.repeat(width - widthOf(cut));
  return align === 'left' ? cut + blanks : blanks + cut;
}

function fit(columns: readonly LaidColumn[], limit: number | null): { kept: LaidColumn[]; dropped: LaidColumn[] } {
  const kept = [...columns];
  const dropped: LaidColumn[] = [];
  const excess = (): number =>
    limit === null ? 0 : kept.reduce((sum, c) => sum + c.width + GAP.length, -GAP.length) - limit;
  for (const [i, column] of kept.entries()) {
    if (excess() <= 0) break;
    if (column.align === 'left' && column.width > SHORTEST_LABEL)
      kept[i] = { ...column, width: Math.max(SHORTEST_LABEL, column.width - excess()) };
  }
  while (excess() > 0 && kept.length > 1) dropped.unshift(kept.pop() as LaidColumn);
  return { kept, dropped };
}

interface Painter {
  header(text: string): string;
  dim(text: string): string;
}

function painter(color: boolean): Painter {
  if (!color) return { header: (text) => text, dim: (text) => text };
  return { header: (text) => `\u001b[1m${text}\u001b[22m`, dim: (text) => `\u001b[2m${text}\u001b[22m` };
}
