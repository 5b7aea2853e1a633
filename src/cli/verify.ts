import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { writeLines } from './output.ts';

interface VerifyFlags {
  readonly alpha?: number;
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
Exits with 1 on a contradiction.

Examples:
  $ initsweep verify output/gold-rule
  $ initsweep verify output/gold-rule --format json | jq '.tests[:3]'`;

/** `initsweep verify RUN`: theory against simulation. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('hold a finished run against its theory; exit 1 on a contradiction')
    .argument('<run>', 'directory of a finished run')
    .option('--alpha <p>', 'chance of any false alarm in the whole run (default: 0.001)', parseAlpha)
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(verify);
}

async function verify(run: string, { alpha, format }: VerifyFlags): Promise<void> {
  const [{ verifyDirectory }, { verifyLines }, { terminalOf }] = await Promise.all([
    import('../run/verify-run.ts'),
    import('./verify-text.ts'),
    import('../report/terminal.ts'),
  ]);
  const report = verifyDirectory(run, alpha);
  if (report.verdict === 'contradicts') process.exitCode = EXIT.finding;
  // JSON has no infinity: a difference without any error has t null and p 0.
  await writeLines(
    format === 'json' ? [JSON.stringify(report, null, 2)] : verifyLines(report, terminalOf(process.stdout)),
  );
}

function parseAlpha(text: string): number {
  const alpha = Number(text);
  if (alpha > 0 && alpha < 1) return alpha;
  throw new InvalidArgumentError('Allowed: a number > 0 and < 1.');
}
