import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { exitWith, reportError } from './failure.ts';
import { writeLines } from './output.ts';

interface VerifyFlags {
  readonly alpha?: number;
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
Exits with 1 on a contradiction, and where a run is not what its config expects; with 2 where one of the runs cannot be verified, which
keeps none of the others from it.

Examples:
  $ initsweep verify output/gold-rule
  $ initsweep verify output/C1 output/C2 output/C3 output/C4
  $ initsweep verify output/gold-rule --format json | jq '.tests[:3]'`;

/** `initsweep verify RUN…`: theory against simulation, and what each config expects against what was found. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('hold finished runs against their theory and their claims; exit 1 on a contradiction')
    .argument('<run...>', 'directories of finished runs')
    .option('--alpha <p>', 'chance of any false alarm in the theory of a whole run (default: 0.001)', parseAlpha)
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(verify);
}

async function verify(paths: readonly string[], { alpha, format }: VerifyFlags): Promise<void> {
  const [{ verifyAll }, { runJson, runLines, runsLines }, { terminalOf }] = await Promise.all([
    import('./verify-runs.ts'),
    import('./verify-text.ts'),
    import('../report/terminal.ts'),
  ]);
  const verified = verifyAll(paths, alpha, (error) => exitWith(reportError(error)));
  if (!verified.every(({ passed }) => passed)) exitWith(EXIT.finding);
  const [first] = verified;
  if (first === undefined) return;
  const single = paths.length === 1;
  if (format === 'json') {
    await writeLines([JSON.stringify(single ? runJson(first) : verified.map(runJson), null, 2)]);
    return;
  }
  const terminal = terminalOf(process.stdout);
  await writeLines(single ? runLines(first, terminal) : runsLines(verified, terminal));
}

function parseAlpha(text: string): number {
  const alpha = Number(text);
  if (alpha > 0 && alpha < 1) return alpha;
  throw new InvalidArgumentError('Allowed: a number > 0 and < 1.');
}
