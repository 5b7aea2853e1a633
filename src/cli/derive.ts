import { Command } from 'commander';
import type { DerivedAxes } from '../run/derive-run.ts';
import { type ConductFlags, conduct } from './conduct.ts';
import { fillOptions } from './options.ts';

interface DeriveFlags extends ConductFlags {
  readonly out: string;
  readonly beta?: string;
  readonly activation?: string;
  readonly initializer?: string;
  readonly fanOut?: string;
}

const EXAMPLES = `
Levels are written as in a config: a value, several with commas between them, or a range. They replace the run's own;
axes that are not named stay. An initializer's weight shape must be one that the run simulated (uniform, normal, …).

Examples:
  $ initsweep derive output/gold-rule --beta 0.5,1,2 --out output/three-slopes
  $ initsweep derive output/gold-rule --activation 'gelu, {kind: leaky_relu, negativeSlope: 0.2}' --out output/gelu
  $ initsweep derive output/gold-rule --beta '{from: 0.01, to: 100, count: 81, scale: log}' --out output/fine`;

/** `initsweep derive RUN`: new cells from the tallies of a finished run. */
export function deriveCommand(): Command {
  const command = new Command('derive')
    .description('make new cells from the tallies of a finished run, without drawing a random number')
    .argument('<run>', 'directory of a finished run')
    .requiredOption('--out <dir>', 'directory of the new run')
    .option('--beta <levels>', 'slopes β')
    .option('--activation <levels>', 'activations')
    .option('--initializer <levels>', 'initializers')
    .option('--fan-out <levels>', 'fan-outs, or fanIn for square layers');
  for (const option of fillOptions()) command.addOption(option);
  return command.addHelpText('after', EXAMPLES).action(derive);
}

async function derive(run: string, flags: DeriveFlags): Promise<void> {
  const [{ deriveRun }, axes] = await Promise.all([import('../run/derive-run.ts'), derivedAxes(flags)]);
  await conduct(flags.out, flags, (fill) => deriveRun(run, axes, fill));
}

async function derivedAxes(flags: DeriveFlags): Promise<DerivedAxes> {
  const { parseField } = await import('../config/load.ts');
  const { beta, activation, initializer, fanOut } = flags;
  return {
    ...(beta === undefined ? {} : { beta: parseField('beta', numbers(beta), '--beta') }),
    ...(activation === undefined ? {} : { activations: parseField('activations', models(activation), '--activation') }),
    ...(initializer === undefined
      ? {}
      : { initializers: parseField('initializers', models(initializer), '--initializer') }),
    ...(fanOut === undefined ? {} : { fanOut: parseField('fanOut', numbers(fanOut), '--fan-out') }),
  };
}

/** `0.5,1` is a list without its brackets; a range and a word stand for themselves. */
function numbers(text: string): string {
  return /^\s*[[{]/.test(text) || !text.includes(',') ? text : `[${text}]`;
}

/** As {@link numbers}, but commas may also stand inside braces: `{kind: elu, alpha: 2}, relu`. */
function models(text: string): string {
  return /^\s*\[/.test(text) ? text : `[${text}]`;
}
