import { InvalidArgumentError, Option } from 'commander';
import type { Shard } from '../sweep/shard.ts';
import { parseDuration } from './duration.ts';

const MOST_THREADS = 1024;

export function parseThreads(text: string): number {
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new InvalidArgumentError(`Allowed: 1 … ${MOST_THREADS}.`);
}

/** `--threads`; `threadsOf` has its default. */
export function threadsOption(): Option {
  return new Option('--threads <n>', 'worker threads (default: as many as cores may be used)').argParser(parseThreads);
}

/** Worker threads: as many as are asked for, or else as there are cores to use. */
export async function threadsOf({ threads }: { readonly threads?: number }): Promise<number> {
  return threads ?? (await import('../execute/cores.ts')).availableCores();
}

/** `--queue`: where the workers are. */
export function queueOption(description: string): Option {
  return new Option('--queue <url>', `${description}: redis://HOST:PORT, env (INITSWEEP_QUEUE_URL) or file:PATH`);
}

/** `--max-time` and `--on-error`. */
function limitOptions(): Option[] {
  return [
    new Option('--max-time <time>', 'stop in order before so much time has passed: 4h, 1h30m, 90s').argParser(
      parseDuration,
    ),
    new Option('--on-error <policy>', 'when a block fails for good: continue, fail-fast, or max=N failed blocks')
      .argParser(parseMostFailures)
      .default(Number.POSITIVE_INFINITY, 'continue'),
  ];
}

/** Failed blocks that a run goes on with. */
export function parseMostFailures(text: string): number {
  if (text === 'continue') return Number.POSITIVE_INFINITY;
  if (text === 'fail-fast') return 0;
  const most = Number(/^max=(\d{1,9})$/.exec(text)?.[1] ?? Number.NaN);
  if (Number.isInteger(most)) return most;
  throw new InvalidArgumentError('Allowed: continue, fail-fast, max=N.');
}

/** Pre-activations for each cell. */
export function parseSamples(text: string): number {
  const samples = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(samples) && samples > 0) return samples;
  throw new InvalidArgumentError('Allowed: a whole number from 1.');
}

/** A share of the blocks: `0/4` to `3/4`. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (shard.index < shard.of) return shard;
  throw new InvalidArgumentError('Allowed: i/n with i from 0 to n − 1.');
}

/** What all verbs take that fill a run directory. */
export function fillOptions({ fresh = true }: { readonly fresh?: boolean } = {}): Option[] {
  return [
    threadsOption(),
    ...limitOptions(),
    ...(fresh ? [new Option('--fresh', 'start over, whatever the directory holds')] : []),
    ...progressOptions(),
  ];
}

/** How a verb reports that fills a run directory. */
function progressOptions(): Option[] {
  return [
    new Option('--log-format <format>', 'progress on stderr').choices(['text', 'json']).default('text'),
    new Option('--quiet', 'no progress and no closing table'),
  ];
}
