import { join } from 'node:path';
import { ROW_TABLES } from '../model/expect-spec.ts';
import type { EstimateRows } from '../report/estimate-rows.ts';
import type { Terminal } from '../report/terminal.ts';
import type { Manifest } from '../run/manifest.ts';

/** The lines that close a run: what it found, in short, and where the rest is. @param seconds null where nothing was done */
export async function closingTable(
  directory: string,
  seconds: number | null,
  { tables }: Manifest,
): Promise<readonly string[]> {
  const duration = seconds === null ? '' : ` in ${seconds.toFixed(1)} s`;
  const fileOf = (name: string) => join(directory, (tables[name] as Manifest['tables'][string]).file);
  const left = Object.values(ROW_TABLES).find(([name]) => tables[name] !== undefined);
  if (left === undefined)
    return [
      `${tables['tallies']?.rows} tallies${duration}: ${fileOf('tallies')}; \`initsweep merge\` joins the shares`,
    ];
  const [{ readRows }, { terminalOf }] = await Promise.all([
    import('../tables/row-reader.ts'),
    import('../report/terminal.ts'),
  ]);
  const terminal = terminalOf(process.stdout);
  const [main, ...others] = left;
  const table = readRows(fileOf(main));
  const summary = await summaryOf(main, table, () => readRows(fileOf('arms')), terminal);
  const rows = main === 'estimates' ? 'cells' : 'rows';
  const more = others.map((name) => `; ${tables[name]?.rows} ${name}: ${fileOf(name)}`);
  return [...summary, '', `${table.rows} ${rows}${duration}: ${fileOf(main)}${more.join('')}`];
}

/** The summary that its experiment gives a main table. @param arms opens the other table of a training run */
export async function summaryOf(
  main: string,
  table: EstimateRows,
  arms: () => EstimateRows,
  terminal: Terminal,
): Promise<readonly string[]> {
  if (main === 'layers') return (await import('../report/depth-summary.ts')).depthSummary(table, terminal);
  if (main === 'training')
    return (await import('../report/training-summary.ts')).trainingSummary({ training: table, arms: arms() }, terminal);
  return (await import('../report/summary.ts')).summaryLines(table, terminal);
}
