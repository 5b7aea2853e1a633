import { join } from 'node:path';
import type { Manifest } from '../run/manifest.ts';

/** The lines that close a run: what it found, in short, and where the rest is. @param seconds null where nothing was done */
export async function closingTable(
  directory: string,
  seconds: number | null,
  { tables }: Manifest,
): Promise<readonly string[]> {
  const duration = seconds === null ? '' : ` in ${seconds.toFixed(1)} s`;
  const fileOf = (name: string) => join(directory, (tables[name] as Manifest['tables'][string]).file);
  const [main] = Object.keys(tables).filter((name) => name !== 'tallies');
  if (main === undefined)
    return [
      `${tables['tallies']?.rows} tallies${duration}: ${fileOf('tallies')}; \`initsweep merge\` joins the shares`,
    ];
  const [{ readRows }, { terminalOf }] = await Promise.all([
    import('../tables/row-reader.ts'),
    import('../report/terminal.ts'),
  ]);
  const terminal = terminalOf(process.stdout);
  const table = readRows(fileOf(main));
  const summary =
    main === 'layers'
      ? (await import('../report/depth-summary.ts')).depthSummary(table, terminal)
      : (await import('../report/summary.ts')).summaryLines(table, terminal);
  const rows = main === 'estimates' ? 'cells' : 'rows';
  return [...summary, '', `${table.rows} ${rows}${duration}: ${fileOf(main)}`];
}
