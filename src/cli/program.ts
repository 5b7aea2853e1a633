import { Argument, Command, InvalidArgumentError, type Option } from 'commander';
import { VERSION } from '../version.ts';
import { deriveCommand } from './derive.ts';
import { extendCommand } from './extend.ts';
import { mergeCommand } from './merge.ts';
import { planCommand } from './plan.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';
import { schemaCommand } from './schema.ts';
import { showCommand } from './show.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';
import { workerCommand } from './worker.ts';

const EXAMPLES = `
Examples:
  $ initsweep plan configs/gold-rule.yaml
  $ initsweep run configs/gold-rule.yaml
  $ initsweep verify output/gold-rule
  $ initsweep show output/gold-rule --where 'fan_in = 64 and beta = 1'

Exit codes: 0 done · 1 verify, replay or a check found something · 2 bad usage, config or run directory ·
3 stopped before the end, the same command goes on · 4 failed`;

/** The command line, with all its verbs. Errors of usage are thrown as commander's CommanderError, not exited on. */
export function createProgram(): Command {
  const program = new Command('initsweep')
    .description(
      'Monte Carlo sweeps over neural-network weight initialisations: every number with its error and its theory',
    )
    .version(VERSION)
    .addHelpText('after', EXAMPLES);
  const verbs = [
    runCommand(),
    planCommand(),
    statusCommand(),
    showCommand(),
    verifyCommand(),
    deriveCommand(),
    extendCommand(),
    mergeCommand(),
    replayCommand(),
    workerCommand(),
    schemaCommand(),
  ];
  for (const verb of verbs) {
    program.addCommand(verb);
    for (const option of verb.options) if (option.required) refuseOptionAsValue(option);
  }
  // Commander's own prints the help of all for a verb that there is not.
  const help = new Command('help')
    .description('display help for command')
    .addArgument(new Argument('[command]').choices(verbs.map((verb) => verb.name())))
    .action((name?: string) => (verbs.find((verb) => verb.name() === name) ?? program).outputHelp());
  program.helpCommand(false).addCommand(help);
  for (const command of [program, ...verbs, help])
    command.exitOverride().configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'initsweep: ')),
    });
  return program;
}

/** Commander takes whatever stands behind an option for its value: `--seed --quiet`, where the value was forgotten, too. */
function refuseOptionAsValue(option: Option): void {
  const parse = option.parseArg;
  option.argParser((text: string, previous: unknown) => {
    if (text.startsWith('--')) throw new InvalidArgumentError('Allowed: a value that does not begin with --.');
    return parse === undefined ? text : parse(text, previous);
  });
}
