import { InvalidArgumentError, Option } from 'commander';
import { availableCores } from '../execute/cores.ts';

const MOST_THREADS = 1024;

export function parseThreads(text: string): number {
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new InvalidArgumentError(`Allowed: 1 … ${MOST_THREADS}.`);
}

/** `--threads`, by default as many as there are cores to use. */
export function threadsOption(): Option {
  return new Option('--threads <n>', 'worker threads').argParser(parseThreads).default(availableCores());
}

/** How a verb that fills a run directory reports. */
export function progressOptions(): Option[] {
  return [
    new Option('--log-format <format>', 'progress on stderr').choices(['text', 'json']).default('text'),
    new Option('--quiet', 'no progress and no closing table'),
  ];
}
