import type { SingleBar } from 'cli-progress';
import { Pace } from './progress-rate.ts';
import type { ProgressReporter } from './progress-reporter.ts';

/** Carriage return and "erase to the end of the line": notes replace the bar, which is drawn again below them. */
const CLEAR_LINE = '\r\u001b[K';

/** A bar on a terminal. Its library loads while the first work is being done, as start-up time is short. */
export class BarProgress implements ProgressReporter {
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  #pace: Pace | null = null;
  #stage = '';
  #bar: SingleBar | null = null;
  /** The last loading of the library; resolves when a bar may be shown. For tests. */
  ready: Promise<void> = Promise.resolve();

  constructor(stream: NodeJS.WriteStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  start(total: number, unit: string, done = 0): void {
    this.stop();
    const pace = new Pace(total, unit, done, this.#now);
    this.#pace = pace;
    this.#stage = 'starting';
    this.ready = this.#show(pace);
  }

  update(done: number, stage: string): void {
    if (this.#pace === null) return;
    this.#pace.done = done;
    this.#stage = stage;
    this.#bar?.update(Math.min(done, this.#pace.total), this.#payload(this.#pace));
  }

  note(message: string): void {
    this.#stream.write(`${this.#bar === null ? '' : CLEAR_LINE}${message}\n`);
  }

  stop(): void {
    if (this.#pace === null) return;
    const { closing } = this.#pace;
    this.#pace = null;
    // clearOnComplete: the bar gives way to one line that stays.
    this.#bar?.stop();
    this.#bar = null;
    this.#stream.write(`${closing}\n`);
  }

  async #show(pace: Pace): Promise<void> {
    const { default: progress } = await import('cli-progress');
    if (this.#pace !== pace) return;
    this.#bar = new progress.SingleBar({
      stream: this.#stream,
      format: '{bar} {percentage}% {stage}: {pace}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 30,
      fps: 10,
      // A process that dies would leave a terminal without a cursor.
      hideCursor: false,
      clearOnComplete: true,
      emptyOnZero: true,
      gracefulExit: false,
    });
    this.#bar.start(pace.total, Math.min(pace.done, pace.total), this.#payload(pace));
  }

  #payload(pace: Pace): { stage: string; pace: string } {
    return { stage: this.#stage, pace: pace.summary };
  }
}
