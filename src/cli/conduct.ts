import { join } from 'node:path';
import type { RunOptions, RunOutcome } from '../run/run-sweep.ts';
import { writeLines } from './output.ts';
import { createProgress } from './progress.ts';
import { stopOnSignals } from './signals.ts';

/** Flags of the verbs that fill a run directory. */
export interface ConductFlags {
  readonly logFormat: 'text' | 'json';
  readonly quiet?: boolean;
}

export type RunHooks = Required<Pick<RunOptions, 'signal' | 'abandon' | 'onProgress'>>;

/** Shows the progress of `work` on stderr, stops it on signals, and prints the closing table on stdout. */
export async function conduct(
  directory: string,
  flags: ConductFlags,
  work: (hooks: RunHooks) => Promise<RunOutcome>,
): Promise<void> {
  const quiet = flags.quiet === true;
  const progress = createProgress({ format: flags.logFormat, quiet, stream: process.stderr });
  const stops = stopOnSignals();
  let started = false;
  try {
    const { manifest, alreadyFinished } = await work({
      signal: stops.signal,
      abandon: stops.abandon,
      onProgress: (done, total, stage) => {
        if (!started) progress.start(total, 'cells');
        started = true;
        progress.update(Math.floor(done), stage);
      },
    });
    progress.stop();
    if (alreadyFinished) progress.note(`${directory} holds this run already, finished; --fresh runs it again`);
    if (!quiet) await summarise(directory, alreadyFinished ? null : manifest.seconds);
  } finally {
    progress.stop();
    stops.dispose();
  }
}

async function summarise(directory: string, seconds: number | null): Promise<void> {
  const [{ readEstimates }, { summaryLines }, { terminalOf }] = await Promise.all([
    import('../tables/estimate-reader.ts'),
    import('../report/summary.ts'),
    import('../report/terminal.ts'),
  ]);
  const file = join(directory, 'estimates.arrow');
  const table = readEstimates(file);
  await writeLines([
    ...summaryLines(table, terminalOf(process.stdout)),
    '',
    `${table.rows} cells${seconds === null ? '' : ` in ${seconds.toFixed(1)} s`}: ${file}`,
  ]);
}
