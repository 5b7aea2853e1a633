import type { RunProgress } from './progress.ts';

/**
 * How far a run is that goes over its blocks several times, as one with a precision does: each pass is a stretch of the whole. It never
 * goes back, though a stretch may turn out to be shorter than was predicted.
 */
export class WholeProgress {
  #from = 0;
  #to = 1;
  #done = 0;
  /** Where the pass began, and what the passes before it found. */
  #start = 0;
  #before = 0;
  #found = 0;

  /**
   * A pass begins that takes the run from one share of the whole to another. One from 0 goes over what earlier ones did, too; a later one
   * finds nothing that they did not.
   */
  begin(from: number, to: number): void {
    [this.#from, this.#to] = [from, to];
    this.#start = this.#done;
    this.#before += this.#found;
    this.#found = 0;
  }

  /** The progress of the pass as that of the whole. What it found beyond where this session had come was there before it. */
  of(pass: RunProgress): RunProgress {
    const length = this.#to - this.#from;
    this.#done = Math.max(this.#done, this.#from * pass.total + length * pass.done);
    if (this.#from === 0) this.#found = Math.max(0, length * pass.found - this.#start);
    return { ...pass, done: this.#done, found: this.#before + this.#found };
  }
}
