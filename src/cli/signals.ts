import { EXIT } from '../errors.ts';

/** What a run listens to. */
export interface Stops {
  /** Fires at the first signal, or when the time is up: stop in order. */
  readonly signal: AbortSignal;
  /** Fires at the second signal, just before the process exits. */
  readonly abandon: AbortSignal;
  /** What the run was stopped by, null while it was not. */
  readonly cause: string | null;
  dispose(): void;
}

/** Seconds of a limited run, or a tenth of them where that is less, that are kept for stopping in order. */
const SPARE = 10;

/**
 * The first SIGINT, SIGTERM or SIGHUP (the terminal was closed) stops the run in order; a second one ends the process at once.
 *
 * @param seconds that the run may take, null for as long as it needs
 */
export function stopOnSignals(seconds: number | null = null): Stops {
  const [first, second] = [new AbortController(), new AbortController()];
  let cause: string | null = null;
  const stop = (by: string) => {
    if (!first.signal.aborted) {
      cause = by;
      first.abort();
      return;
    }
    second.abort();
    process.exit(EXIT.stopped);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  const timeUp = () => {
    if (!first.signal.aborted) stop('--max-time');
  };
  const timers = seconds === null ? [] : [setTimeout(timeUp, 1000 * Math.max(seconds - SPARE, 0.9 * seconds)).unref()];
  return {
    signal: first.signal,
    abandon: second.signal,
    get cause() {
      return cause;
    },
    dispose: () => {
      for (const signal of signals) process.off(signal, stop);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
