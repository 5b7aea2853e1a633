import { Command, InvalidArgumentError } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import type { ReplayChoice } from '../run/replay.ts';
import { writeLines } from './output.ts';

interface ReplayFlags {
  readonly cell: string;
  readonly block: number;
}

const EXAMPLES = `
The block is drawn again from its seed and compared, bit for bit, with what tallies.arrow holds. Cells of one input, fan-in and
weight shape share their draws: --cell, an expression as in \`show --where\`, may match as many of them as it likes.
Exits with 1 when the two tallies differ.

Examples:
  $ initsweep replay output/gold-rule --cell 'input = normal and fan_in = 64 and initializer = standard_uniform' --block 7`;

/** `initsweep replay RUN`: one block again, and what came of it. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('simulate one block again, show its draws, and compare it with the stored one')
    .argument('<run>', 'directory of a finished run')
    .requiredOption('--cell <expr>', "cells of one input, fan-in and weight shape, as in show's --where")
    .requiredOption('--block <k>', 'block, from 0', parseBlock)
    .addHelpText('after', EXAMPLES)
    .action(replay);
}

async function replay(path: string, { cell, block }: ReplayFlags): Promise<void> {
  const [
    { openReplayable, replayBlock, replayChoices },
    { compileFilter },
    { replayLines, verdictOf },
    { terminalOf },
  ] = await Promise.all([
    import('../run/replay.ts'),
    import('../report/filter.ts'),
    import('./replay-text.ts'),
    import('../report/terminal.ts'),
  ]);
  const { run, estimates } = openReplayable(path);
  const choices = replayChoices(run.plan, estimates, compileFilter(cell, estimates, '--cell'));
  const again = replayBlock(run, { ...onlyOne(choices, cell), block });
  const verdict = verdictOf(again);
  if (verdict === 'differs' || verdict === 'lost') process.exitCode = EXIT.finding;
  await writeLines(replayLines(again, terminalOf(process.stdout)));
}

const MOST_CHOICES = 12;

function onlyOne(choices: readonly ReplayChoice[], cell: string): ReplayChoice {
  const [first, ...others] = choices;
  const where = '--cell';
  const allowed = 'cells of one input, fan-in and weight shape';
  if (first === undefined) {
    throw new UsageError({
      where,
      received: `${JSON.stringify(cell)}, which no cell matches`,
      allowed,
      remedy: 'see what there is with `initsweep show RUN`',
    });
  }
  if (others.length === 0) return first;
  const more = choices.length - MOST_CHOICES;
  const lines = [
    ...choices.slice(0, MOST_CHOICES).map((choice) => choice.cell),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
  throw new UsageError({
    where,
    received: `cells of ${choices.length} (input, fan-in, weight shape)`,
    allowed: 'cells of one',
    remedy: `choose one:${lines.map((line) => `\n    ${line}`).join('')}`,
  });
}

function parseBlock(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed: a whole number from 0.');
}
