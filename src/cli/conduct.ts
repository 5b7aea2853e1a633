import { describeValue, RunError, StoppedError, UsageError } from '../errors.ts';
import type { OpenExecutor } from '../execute/executor.ts';
import { describeFailed } from '../run/faults.ts';
import type { Manifest } from '../run/manifest.ts';
import { roundText } from '../run/precision-text.ts';
import type { RunOptions } from '../run/run-options.ts';
import type { RunOutcome } from '../run/run-sweep.ts';
import { threadsOf } from './options.ts';
import { writeLines } from './output.ts';
import { createProgress } from './progress.ts';
import { type Stops, stopOnSignals } from './signals.ts';

/** Flags of the verbs that fill a run directory (`fillOptions`). */
export interface ConductFlags {
  readonly threads?: number;
  readonly maxTime?: number;
  /** Failed blocks that the run goes on with. */
  readonly onError: number;
  /** Where the workers are, if not here. */
  readonly queue?: string;
  readonly fresh?: boolean;
  readonly logFormat: 'text' | 'json';
  readonly quiet?: boolean;
}

/** What `conduct` gives to the work: all but what is simulated, and into which directory. */
export type Fill = RunOptions;

/** As {@link conductUnder}, and stops `work` on signals and before `--max-time` is up. */
export async function conduct(
  directory: string,
  flags: ConductFlags,
  work: (fill: Fill) => Promise<RunOutcome>,
  more?: string,
): Promise<void> {
  const stops = stopOnSignals(flags.maxTime);
  try {
    await conductUnder(stops, directory, flags, work, more);
  } finally {
    stops.dispose();
  }
}

/**
 * Shows the progress of `work` on stderr, and prints the closing table on stdout.
 *
 * @param more what to do for more than a finished run in `directory`
 */
export async function conductUnder(
  stops: Stops,
  directory: string,
  flags: ConductFlags,
  work: (fill: Fill) => Promise<RunOutcome>,
  more = '--fresh makes it anew',
): Promise<void> {
  const quiet = flags.quiet === true;
  const progress = createProgress({ format: flags.logFormat, quiet, stream: process.stderr });
  let started = false;
  try {
    const { manifest, alreadyFinished } = await work({
      directory,
      open: await executorFor(flags.queue, (text) => progress.note(text)),
      threads: await threadsOf(flags),
      fresh: flags.fresh === true,
      mostFailures: flags.onError,
      ...journalInterval(),
      signal: stops.signal,
      abandon: stops.abandon,
      onFound: (tallies) => progress.note(`${directory}: going on with ${tallies} tallies of an earlier session`),
      onNote: (note) => progress.note(`${directory}: ${note}`),
      onRound: (round, precision) => progress.note(roundText(round, precision)),
      onProgress: ({ done, total, found, stage }) => {
        if (!started) progress.start(total, 'cells', Math.floor(found));
        started = true;
        progress.update(Math.floor(done), stage);
      },
    });
    progress.stop();
    if (alreadyFinished) progress.note(`${directory} holds this run already, finished; ${more}`);
    if (!quiet) {
      const { closingTable } = await import('./closing-table.ts');
      await writeLines(await closingTable(directory, alreadyFinished ? null : manifest.seconds, manifest));
    }
    if (manifest.precision?.decision === 'exhausted')
      progress.note(`${directory}: maxSamples is reached, the precision is not`);
    if (manifest.failures.length > 0) throw failed(directory, manifest);
  } catch (error) {
    if (!(error instanceof StoppedError) || stops.cause === null) throw error;
    throw new StoppedError(error.parts.map((part) => ({ ...part, received: stops.cause as string })));
  } finally {
    progress.stop();
  }
}

/** For tests, which crash runs that are too short for the journal: how many milliseconds tallies wait for it. */
function journalInterval(): Pick<Fill, 'journalInterval'> {
  const text = process.env['INITSWEEP_JOURNAL_INTERVAL'];
  if (text === undefined) return {};
  const interval = Number(text);
  if (/^\d{1,9}$/.test(text)) return { journalInterval: interval };
  throw new UsageError({
    where: 'INITSWEEP_JOURNAL_INTERVAL',
    received: describeValue(text),
    allowed: 'a whole number of milliseconds',
  });
}

/** Threads of this process, or the workers of a queue. */
async function executorFor(queue: string | undefined, note: (text: string) => void): Promise<OpenExecutor> {
  if (queue === undefined) return (await import('../execute/open.ts')).openExecutor;
  const [{ queueAddress }, { openOnQueue }] = await Promise.all([
    import('../execute/queue/address.ts'),
    import('../execute/queue/open.ts'),
  ]);
  return openOnQueue(queueAddress(queue), { onNote: note });
}

const LISTED = 5;

function failed(directory: string, { failures }: Manifest): RunError {
  const listed = failures.slice(0, LISTED).map((failure) => `${describeFailed(failure)} (${failure.error})`);
  return new RunError({
    where: directory,
    received: `${failures.length} failed block${failures.length === 1 ? '' : 's'}: ${listed.join('; ')}${failures.length > LISTED ? ' …' : ''}`,
    remedy: 'the tables hold all others; the same command tries these again',
  });
}
