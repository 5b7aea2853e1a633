import { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { queueOption, threadsOf, threadsOption } from './options.ts';
import { stopOnSignals } from './signals.ts';

interface WorkerFlags {
  readonly queue: string;
  readonly threads?: number;
}

const EXAMPLES = `
Serves every sweep of its kernel version that \`initsweep run --queue\` puts there, and may come and go at any time. The first SIGTERM or
SIGINT lets it end what its threads work at; a second one, or 20 seconds, ends it at once, and other workers do its tasks again.
It ends by itself, with exit code 2, when Redis refuses its user, and with 4 when its threads cannot start.

Examples:
  $ initsweep worker --queue redis://queue.example:6379
  $ INITSWEEP_QUEUE_URL=rediss://user:password@queue.example:6380 initsweep worker --threads 8
  $ initsweep worker --queue file:/run/secrets/queue`;

/** `initsweep worker`: the threads of this machine for the sweeps of a queue. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('simulate for the sweeps of a queue, until it is stopped')
    .addOption(queueOption('the queue').default('env'))
    .addOption(threadsOption())
    .addHelpText('after', EXAMPLES)
    .action(work);
}

/** Milliseconds that a stopped worker may take to end its tasks. */
const DRAIN = 20_000;

async function work({ queue, ...flags }: WorkerFlags): Promise<void> {
  const [{ queueAddress }, { QueueWorker }] = await Promise.all([
    import('../execute/queue/address.ts'),
    import('../execute/queue/worker.ts'),
  ]);
  const note = (text: string): void => void process.stderr.write(`initsweep: ${text}\n`);
  const address = queueAddress(queue);
  const threads = await threadsOf(flags);
  const stops = stopOnSignals();
  try {
    const worker = await QueueWorker.open(address, { threads, onNote: note });
    note(`worker ready: ${threads} thread${threads === 1 ? '' : 's'} at ${address.shown}`);
    const stopped = new Promise<undefined>((resolve) => {
      if (stops.signal.aborted) resolve(undefined);
      stops.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const fault = await Promise.race([stopped, worker.fault]);
    note(`${stops.cause ?? 'it can do nothing here'}: ends what its threads work at`);
    setTimeout(() => process.exit(fault?.exitCode ?? EXIT.stopped), DRAIN).unref();
    await worker.close();
    if (fault !== undefined) throw fault;
  } finally {
    stops.dispose();
  }
}
