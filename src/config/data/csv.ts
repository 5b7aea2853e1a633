import { createReadStream } from 'node:fs';
import {
  type ColumnChoice,
  chooseColumns,
  DataError,
  type NumericTable,
  NumericTableBuilder,
} from './numeric-table.ts';

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** The number that a CSV field holds, or the field itself when it holds none. */
const fieldValue = (field: string): number | string => (NUMBER.test(field) ? Number(field) : field);

interface CsvRow {
  readonly record: readonly string[];
  /** `lines`: the line of the file on which the record ends, from 1. */
  readonly info: { readonly lines: number };
}

/**
 * Reads columns of a CSV file (comma, or tab in `.tsv`; `#` starts a comment line). The first row is a header when a column
 * is chosen by name, or when none of its fields is a number.
 */
export async function readCsvColumns(path: string, choice: ColumnChoice): Promise<NumericTable> {
  const { parse } = await import('csv-parse');
  const parser = parse({
    bom: true,
    comment: '#',
    comment_no_infix: true,
    delimiter: path.toLowerCase().endsWith('.tsv') ? '\t' : ',',
    info: true,
    max_record_size: 1 << 24,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const source = createReadStream(path);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: Columns | null = null;
  try {
    for await (const row of parser as AsyncIterable<CsvRow>) {
      if (columns === null) {
        columns = new Columns(row, choice);
        if (columns.hasHeader) continue;
      }
      columns.push(row);
    }
  } catch (error) {
    throw syntaxError(error) ?? error;
  } finally {
    source.destroy();
  }
  if (columns === null) throw new DataError({ received: 'no rows', allowed: 'at least one row of numbers' });
  return columns.table.finish();
}

class Columns {
  readonly hasHeader: boolean;
  readonly table: NumericTableBuilder;
  private readonly chosen: readonly number[];
  private readonly width: number;

  constructor({ record }: CsvRow, choice: ColumnChoice) {
    const byName = choice.kind === 'one' && typeof choice.column === 'string';
    this.hasHeader = byName || record.every((field) => !NUMBER.test(field));
    const names = this.hasHeader ? record : record.map((_, i) => String(i));
    this.width = record.length;
    this.chosen = chooseColumns(names, choice);
    this.table = new NumericTableBuilder(this.chosen.map((i) => names[i] ?? ''));
  }

  push({ record, info }: CsvRow): void {
    if (record.length !== this.width)
      throw new DataError({
        where: `row ${info.lines}`,
        received: `${record.length} columns`,
        allowed: `${this.width}, as in the first row`,
      });
    for (const i of this.chosen) this.table.push(fieldValue(record[i] ?? ''), info.lines);
  }
}

/** csv-parse's own errors (an unclosed quote and such), with the line it stopped at. */
function syntaxError(error: unknown): DataError | null {
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_'))) return null;
  const line = 'lines' in error ? `row ${String(error.lines)}` : 'the file';
  return new DataError({ where: line, remedy: `not valid CSV: ${error.message.replace(/\s+/g, ' ').slice(0, 200)}` });
}
