import { RunError } from '../errors.ts';
import { reportError } from './failure.ts';

/**
 * A reader that leaves early (`initsweep … | head`) is no fault. A log on a full disk takes no more progress, and that must not end the
 * run; results that cannot be written are a failure.
 */
export function watchStreams(): void {
  process.stderr.on('error', () => {});
  let failed = false;
  process.stdout.on('error', (error) => {
    // What failed once fails again at the end, and is told once. Whoever writes listens as well, and throws.
    const told = failed || isClosedPipe(error) || process.stdout.listenerCount('error') > 1;
    failed = true;
    if (told) return;
    process.exitCode = reportError(outputError(error));
  });
}

/** Resolves when all that was written to standard output and error is gone, or cannot go. */
export async function streamsWritten(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  // An error is told after the write: `watchStreams` hears of it first.
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.write('', () => setImmediate(resolve)))));
}

export function isClosedPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
}

export function outputError(error: Error): RunError {
  return new RunError(
    {
      where: 'standard output',
      received: error.message,
      allowed: 'a place that takes the results',
      remedy: 'free some space or send them elsewhere; what is in a run directory is safe',
    },
    { cause: error },
  );
}
