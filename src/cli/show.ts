import { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { ROW_TABLES } from '../model/expect-spec.ts';
import type { EstimateRows } from '../report/estimate-rows.ts';
import type { Selection } from '../report/select.ts';
import { writeLines } from './output.ts';

type Format = 'table' | 'csv' | 'json';

interface ShowOptions {
  readonly table?: string;
  readonly where?: string;
  readonly columns?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly format?: Format;
}

const EXAMPLES = `
Expressions compare columns with numbers, labels or each other:
  =  !=  <  <=  >  >=  in (…)  like 'he_*'  is null  and  or  not  (…)  + - * /  abs(…)  sqrt(…)  exp(…)  log(…)

Examples:
  $ initsweep show output/gold-rule
  $ initsweep show output/gold-rule --where 'initializer = standard_uniform and beta = 1 and activation = logistic'
  $ initsweep show output/gold-rule --where 'abs(z_var_zscore) > 3' --sort -z_var_zscore --limit 10
  $ initsweep show output/gold-rule --columns 'initializer,input,fan_in,z_*' --format csv > z.csv
  $ initsweep show output/training --table arms --columns 'arm,final_loss*'

A run of another experiment than layer is summed up, by layer or by arm, unless something is said of what to show.`;

/** Rows of a readable table at most, where nothing is said of it: a program gets all. */
const LIMIT = 40;

const TABLES: readonly string[] = Object.values(ROW_TABLES).flat();

/** `initsweep show RUN`: rows of a table, `estimates.arrow` for a layer, as a readable table, CSV or JSON. */
export function showCommand(): Command {
  return new Command('show')
    .description('show rows of a finished run in the terminal')
    .argument('<run>', 'run directory, or a table in one')
    .addOption(new Option('--table <name>', 'table of the run (default: its main one)').choices(TABLES))
    .option('--where <expr>', "rows to show, such as 'fan_in >= 64 and input = normal'")
    .option('--columns <names>', "columns, separated by commas; * stands for any text, such as 'z_*'")
    .option('--sort <names>', 'columns to sort by, separated by commas; a minus in front for descending')
    .option('--limit <rows>', `rows at most, 0 for all (default: ${LIMIT} of a table, all of CSV and JSON)`, parseLimit)
    .addOption(new Option('--format <format>', 'output format (default: table)').choices(['table', 'csv', 'json']))
    .addHelpText('after', EXAMPLES)
    .action(show);
}

async function show(run: string, options: ShowOptions): Promise<void> {
  const { missingIn, summaryIn, tablePath } = await import('./shown-run.ts');
  const { readRows } = await import('../tables/row-reader.ts');
  const path = await tablePath(run, options.table);
  const table = readRows(path);
  // No option has a default value here, so that what is there has been said.
  const summary = Object.keys(options).length === 0 ? await summaryIn(path, table) : null;
  if (summary === null) await showRows(table, options);
  else await writeLines(summary);
  const missing = path === run ? null : await missingIn(run);
  if (missing !== null) await writeLines([missing], process.stderr);
}

async function showRows(table: EstimateRows, options: ShowOptions): Promise<void> {
  const { format = 'table' } = options;
  const [{ parseList, selectRows }, { defaultColumns }] = await Promise.all([
    import('../report/select.ts'),
    import('../report/default-columns.ts'),
  ]);
  const asTable = format === 'table';
  const usual = asTable ? defaultColumns(table) : ['*'];
  const { limit = asTable ? LIMIT : 0 } = options;
  const selection = selectRows(table, {
    columns: options.columns === undefined ? usual : parseList(options.columns, '--columns'),
    where: options.where,
    sort: options.sort === undefined ? undefined : parseList(options.sort, '--sort'),
    limit,
  });
  await writeLines(await render(table, selection, format));
  const { rows, matched } = selection;
  if (matched === 0 && options.where !== undefined)
    await writeLines(
      [`0 of ${table.rows} rows match; a comparison with null leaves its row out, see \`is null\``],
      process.stderr,
    );
  if (asTable && rows.length < matched)
    await writeLines([`${rows.length} of ${matched} rows; --limit 0 shows all`], process.stderr);
}

async function render(table: EstimateRows, selection: Selection, format: Format): Promise<Iterable<string>> {
  if (format === 'table') {
    const [{ textColumn }, { renderTable, terminalOf }] = await Promise.all([
      import('../report/cells.ts'),
      import('../report/terminal.ts'),
    ]);
    const columns = selection.columns.map((field) => textColumn(table, field, selection.rows));
    return renderTable(columns, terminalOf(process.stdout));
  }
  const { csvLines, jsonLines } = await import('../report/delimited.ts');
  return format === 'csv' ? csvLines(table, selection) : jsonLines(table, selection);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 0 || text.trim() === '')
    throw new UsageError({
      where: '--limit',
      received: JSON.stringify(text),
      allowed: 'a whole number of rows, 0 for all',
    });
  return limit;
}
