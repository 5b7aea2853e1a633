import { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { writeLines } from './output.ts';

const EXAMPLES = `
With --check, exits with 1 when a table is missing or has changed.

Examples:
  $ initsweep status output/gold-rule
  $ initsweep status output/gold-rule --check`;

/** `initsweep status RUN`: how far a run is and how it went. */
export function statusCommand(): Command {
  return new Command('status')
    .description('say how far a run is, how fast it goes, and what it left')
    .argument('<run>', 'directory of a run, finished or not')
    .option('--check', 'compare the SHA-256 of the tables with the manifest')
    .addHelpText('after', EXAMPLES)
    .action(status);
}

async function status(run: string, { check = false }: { readonly check?: boolean }): Promise<void> {
  const [{ statusOf }, { statusLines }] = await Promise.all([import('../run/status.ts'), import('./status-text.ts')]);
  const found = await statusOf(run, { check });
  if (check && found.tables.some(({ state }) => state !== 'intact')) process.exitCode = EXIT.finding;
  await writeLines(statusLines(found));
}
