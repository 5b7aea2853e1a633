import { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import type { RunStatus } from '../run/status.ts';
import { queueOption } from './options.ts';
import { writeLines } from './output.ts';
import { isClosedPipe } from './streams.ts';

const EXAMPLES = `
With --check, exits with 1 when a table is missing or has changed.

Examples:
  $ initsweep status output/gold-rule
  $ initsweep status output/gold-rule --check
  $ initsweep status output/gold-rule --watch
  $ initsweep status --queue redis://queue.example:6379`;

/** `initsweep status`: how far a run is and how it went, or how a queue stands. */
export function statusCommand(): Command {
  return new Command('status')
    .description('say how far a run is, how fast it goes, and what it left')
    .argument('[run]', 'directory of a run, finished or not')
    .addOption(queueOption('in place of a run: the workers, sweeps and tasks of a queue'))
    .option('--check', 'compare the SHA-256 of the tables with the manifest')
    .option('--watch', 'look again every second, until the run ends')
    .addHelpText('after', EXAMPLES)
    .action(status);
}

interface StatusFlags {
  readonly check?: boolean;
  readonly watch?: boolean;
  readonly queue?: string;
}

/** Milliseconds between two looks at a run that is watched. */
const INTERVAL = 1000;

async function status(run: string | undefined, { check = false, watch = false, queue }: StatusFlags): Promise<void> {
  if ((run === undefined) === (queue === undefined)) {
    throw new UsageError({
      where: 'status',
      received: run === undefined ? 'nothing' : 'a run and a queue',
      allowed: 'the directory of a run, or --queue',
    });
  }
  if (queue !== undefined && (check || watch)) {
    throw new UsageError({
      where: check ? '--check' : '--watch',
      received: '--queue as well',
      allowed: 'the directory of a run: a queue has no tables, and no end',
    });
  }
  if (run === undefined) await statusOfQueue(queue as string);
  else await statusOfRun(run, check, watch);
}

async function statusOfQueue(queue: string): Promise<void> {
  const [{ queueAddress }, { queueStatus }, { queueStatusLines }] = await Promise.all([
    import('../execute/queue/address.ts'),
    import('../execute/queue/status.ts'),
    import('./queue-status-text.ts'),
  ]);
  await writeLines(queueStatusLines(await queueStatus(queueAddress(queue))));
}

async function statusOfRun(run: string, check: boolean, watch: boolean): Promise<void> {
  const [{ statusOf }, { statusLines }] = await Promise.all([import('../run/status.ts'), import('./status-text.ts')]);
  if (watch && !(await watchRun(async () => statusOf(run), statusLines))) return;
  const found = await statusOf(run, { check });
  if (check && found.tables.some(({ state }) => state !== 'intact')) process.exitCode = EXIT.finding;
  await writeLines(statusLines(found));
}

/**
 * Shows a run as long as it goes on: on a terminal in one place, elsewhere a line whenever it has come further.
 * Returns whether anybody still reads; a reader that left (`| head`) ends the watching.
 */
async function watchRun(look: () => Promise<RunStatus>, linesOf: (status: RunStatus) => string[]): Promise<boolean> {
  const { stdout } = process;
  let read = true;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (isClosedPipe(error)) read = false;
  };
  stdout.on('error', onError);
  try {
    let shown = '';
    for (let found = await look(); read && found.state === 'running'; found = await look()) {
      const lines = linesOf(found);
      if (stdout.isTTY) {
        const up = shown === '' ? '' : `\u001b[${shown.split('\n').length}A\u001b[J`;
        shown = lines.join('\n');
        await writeLines([`${up}${shown}`]);
      } else if (lines[1] !== shown) {
        shown = lines[1] as string;
        await writeLines([shown.trim()]);
      }
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
  } finally {
    stdout.off('error', onError);
  }
  return read;
}
