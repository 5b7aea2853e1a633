import { EXIT } from '../errors.ts';

/** What a run listens to. */
export interface Stops {
  /** Fires at the first SIGINT or SIGTERM: stop in order. */
  readonly signal: AbortSignal;
  /** Fires at the second one, just before the process exits. */
  readonly abandon: AbortSignal;
  dispose(): void;
}

/** The first SIGINT or SIGTERM stops the run in order; a second one ends the process at once. */
export function stopOnSignals(): Stops {
  const [first, second] = [new AbortController(), new AbortController()];
  const stop = () => {
    if (!first.signal.aborted) {
      first.abort();
      return;
    }
    second.abort();
    process.exit(EXIT.stopped);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: first.signal,
    abandon: second.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
