import { Command } from 'commander';
import { threadsOf, threadsOption } from './options.ts';
import { writeLines } from './output.ts';

interface PlanFlags {
  readonly threads?: number;
  readonly samples?: string;
  readonly seed?: string;
}

const EXAMPLES = `
Examples:
  $ initsweep plan configs/gold-rule.yaml
  $ initsweep plan sweep.yaml --threads 1 --samples 16777216`;

/** `initsweep plan CONFIG`: what a run would do and cost. */
export function planCommand(): Command {
  return new Command('plan')
    .description('say what a sweep would cost in time, memory and disk; runs nothing, writes nothing')
    .argument('<config>', 'sweep in YAML or JSON, - for the standard input')
    .addOption(threadsOption())
    .option(
      '--samples <n>',
      'samples, in place of the config’s: pre-activations for each cell, networks, or starts of an arm',
    )
    .option('--seed <text>', 'seed, in place of the config’s')
    .addHelpText('after', EXAMPLES)
    .action(plan);
}

async function plan(config: string, flags: PlanFlags): Promise<void> {
  const [{ availableCores }, { loadConfig }, { planSweep }, { forecast }, { planLines }] = await Promise.all([
    import('../execute/cores.ts'),
    import('./load-config.ts'),
    import('../sweep/plan.ts'),
    import('../run/forecast.ts'),
    import('./plan-text.ts'),
  ]);
  const threads = await threadsOf(flags);
  const { spec, datasets } = await loadConfig(config, { samples: flags.samples, seed: flags.seed });
  if (spec.experiment !== 'layer') {
    const [{ planOf }, { seriesSpeed }, { seriesPlanLines }] = await Promise.all([
      import('../experiment/plan-of.ts'),
      import('../run/calibrate-series.ts'),
      import('./series-plan-text.ts'),
    ]);
    return writeLines(seriesPlanLines(planOf(spec, datasets), threads, seriesSpeed(spec, datasets)));
  }
  const planned = planSweep(spec, datasets);
  const cost = forecast(planned, datasets, threads, availableCores());
  await writeLines(planLines(planned, cost, threads));
}
