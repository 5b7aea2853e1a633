import { join } from 'node:path';
import { Command, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { writeLines } from './output.ts';
import { createProgress } from './progress.ts';
import { defaultThreads, parseThreads } from './threads.ts';

interface RunFlags {
  readonly out?: string;
  readonly threads: number;
  readonly samples?: string;
  readonly seed?: string;
  readonly fresh?: boolean;
  readonly logFormat: 'text' | 'json';
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  $ initsweep run configs/gold-rule.yaml
  $ initsweep run sweep.yaml --out output/tonight --threads 8 --samples 4194304
  $ initsweep run sweep.yaml --log-format json 2> progress.ndjson`;

/** `initsweep run CONFIG`: simulates a sweep into a run directory and prints the closing table. */
export function runCommand(): Command {
  return new Command('run')
    .description('run a sweep; results go to a directory as Arrow tables')
    .argument('<config>', 'sweep in YAML or JSON')
    .option('--out <dir>', 'run directory (default: output/<name of the sweep>)')
    .option('--threads <n>', 'worker threads', parseThreads, defaultThreads())
    .option('--samples <n>', 'pre-activations for each cell, in place of the config’s')
    .option('--seed <text>', 'seed, in place of the config’s')
    .option('--fresh', 'start over, whatever the directory holds')
    .addOption(new Option('--log-format <format>', 'progress on stderr').choices(['text', 'json']).default('text'))
    .option('--quiet', 'no progress and no closing table')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(config: string, flags: RunFlags): Promise<void> {
  const [{ loadConfig }, { runSweep }, { openExecutor }] = await Promise.all([
    import('./load-config.ts'),
    import('../run/run-sweep.ts'),
    import('../execute/open.ts'),
  ]);
  const loaded = await loadConfig(config, { samples: flags.samples, seed: flags.seed });
  const directory = flags.out ?? join('output', loaded.spec.name);
  const progress = createProgress({
    format: flags.logFormat,
    quiet: flags.quiet === true,
    stream: process.stderr,
  });
  const stop = stopOnSignals();
  let started = false;
  try {
    const { manifest, alreadyFinished } = await runSweep(loaded, {
      directory,
      threads: flags.threads,
      open: openExecutor,
      fresh: flags.fresh === true,
      signal: stop.signal,
      onProgress: (done, total, stage) => {
        if (!started) progress.start(total, 'cells');
        started = true;
        progress.update(Math.floor(done), stage);
      },
    });
    progress.stop();
    if (alreadyFinished) progress.note(`${directory} holds this run already, finished; --fresh runs it again`);
    if (flags.quiet !== true) await summarise(directory, manifest.seconds, alreadyFinished);
  } finally {
    progress.stop();
    stop.dispose();
  }
}

async function summarise(directory: string, seconds: number, already: boolean): Promise<void> {
  const [{ readEstimates }, { summaryLines }, { terminalOf }] = await Promise.all([
    import('../tables/estimate-reader.ts'),
    import('../report/summary.ts'),
    import('../report/terminal.ts'),
  ]);
  const table = readEstimates(join(directory, 'estimates.arrow'));
  await writeLines([
    ...summaryLines(table, terminalOf(process.stdout)),
    '',
    `${table.rows} cells${already ? '' : ` in ${seconds.toFixed(1)} s`}: ${join(directory, 'estimates.arrow')}`,
  ]);
}

/** The first SIGINT or SIGTERM stops the run in order; a second one ends the process at once. */
function stopOnSignals(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.stopped);
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
