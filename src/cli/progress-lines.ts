import { Pace } from './progress-rate.ts';
import type { ProgressReporter } from './progress-reporter.ts';

const LINE_EVERY_MS = 5000;
const JSON_EVERY_MS = 1000;

/** Plain lines, for logs: one every few seconds, and one at the end. */
export class LineProgress implements ProgressReporter {
  readonly #stream: NodeJS.WritableStream;
  readonly #now: () => number;
  #pace: Pace | null = null;
  #last = 0;

  constructor(stream: NodeJS.WritableStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  start(total: number, unit: string, done = 0): void {
    this.#pace = new Pace(total, unit, done, this.#now);
    this.#last = this.#now();
  }

  update(done: number, stage: string): void {
    if (this.#pace === null) return;
    this.#pace.done = done;
    if (this.#now() - this.#last < LINE_EVERY_MS) return;
    this.#last = this.#now();
    this.#stream.write(`${stage}: ${this.#pace.percent}%, ${this.#pace.summary}\n`);
  }

  note(message: string): void {
    this.#stream.write(`${message}\n`);
  }

  stop(): void {
    if (this.#pace === null) return;
    const { closing } = this.#pace;
    this.#pace = null;
    this.#stream.write(`${closing}\n`);
  }
}

/** One JSON object a line, for programs: events `start`, `progress`, `note`, `stop`. Unknown numbers are null. */
export class JsonProgress implements ProgressReporter {
  readonly #stream: NodeJS.WritableStream;
  readonly #now: () => number;
  #pace: Pace | null = null;
  #last = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WritableStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  start(total: number, unit: string, done = 0): void {
    this.#pace = new Pace(total, unit, done, this.#now);
    this.#write({ event: 'start', total, unit, done });
  }

  update(done: number, stage: string): void {
    if (this.#pace === null) return;
    this.#pace.done = done;
    if (this.#now() - this.#last < JSON_EVERY_MS && done < this.#pace.total) return;
    this.#last = this.#now();
    const { total, rate, left } = this.#pace;
    this.#write({ event: 'progress', stage, done, total, rate: known(rate), secondsLeft: known(left) });
  }

  note(message: string): void {
    this.#write({ event: 'note', message });
  }

  stop(): void {
    if (this.#pace === null) return;
    const { done, total, elapsedSeconds } = this.#pace;
    this.#pace = null;
    this.#write({ event: 'stop', done, total, seconds: elapsedSeconds });
  }

  #write(event: Readonly<Record<string, unknown>>): void {
    this.#stream.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
  }
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
