import { BarProgress } from './progress-bar.ts';
import { JsonProgress, LineProgress } from './progress-lines.ts';
import type { ProgressReporter } from './progress-reporter.ts';

export type { ProgressReporter } from './progress-reporter.ts';

export interface ProgressOptions {
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly stream: NodeJS.WriteStream;
  /** Milliseconds on a clock that never goes back; for tests. */
  readonly now?: () => number;
}

/**
 * Silence with `quiet`; one JSON object a line with format `json`; else a bar with rate and time left on a terminal, and a
 * line every few seconds elsewhere.
 */
export function createProgress({
  format,
  quiet,
  stream,
  now = () => performance.now(),
}: ProgressOptions): ProgressReporter {
  if (quiet) return SILENT;
  if (format === 'json') return new JsonProgress(stream, now);
  return stream.isTTY ? new BarProgress(stream, now) : new LineProgress(stream, now);
}

const SILENT: ProgressReporter = {
  start() {},
  update() {},
  note() {},
  stop() {},
};
