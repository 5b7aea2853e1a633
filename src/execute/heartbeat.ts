/** What a task tells whoever waits for it. */
export interface Pulse {
  /** The next steps take about so many nanoseconds each. */
  expect(nanoseconds: number): void;
  /** One step is done: a block, or a part of the rows. */
  beat(): void;
}

/** Nobody listens. */
export const NO_PULSE: Pulse = { expect: () => {}, beat: () => {} };

/** How much longer than predicted a step may take before its task counts as hung. */
const ALLOWANCE = 30;

/** Signs of life of one worker thread, in memory that it shares with the main one: [0] steps done, [1] patience in milliseconds. */
export class Heartbeat implements Pulse {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(8)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  expect(nanoseconds: number): void {
    Atomics.store(this.#words, 1, Math.min(2 ** 31 - 1, Math.ceil((ALLOWANCE * nanoseconds) / 1e6)));
  }

  beat(): void {
    Atomics.add(this.#words, 0, 1);
  }

  /** Forgets the last task. Only while the thread does nothing. */
  clear(): void {
    Atomics.store(this.#words, 0, 0);
    Atomics.store(this.#words, 1, 0);
  }

  /** Steps of the task so far; the first is that the worker has begun it. */
  get beats(): number {
    return Atomics.load(this.#words, 0);
  }

  /** Milliseconds that a step may take, as far as the worker has said; 0 before. */
  get patience(): number {
    return Atomics.load(this.#words, 1);
  }
}

/**
 * For how long a heartbeat has stood still. It counts ticks and reads no clock: when the whole process was stopped for an hour, or
 * its main thread was busy, that is one tick.
 */
export class Watch {
  #seen = -1;
  #still = 0;

  /** A new task begins. */
  begin(): void {
    this.#seen = -1;
    this.#still = 0;
  }

  /** @returns milliseconds without a beat, `interval` for each tick but the one that saw the last beat */
  tick(beats: number, interval: number): number {
    this.#still = beats === this.#seen ? this.#still + interval : 0;
    this.#seen = beats;
    return this.#still;
  }
}
