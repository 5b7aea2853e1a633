import { highWord } from '../kernel/reference/philox.ts';
import type { TrainingSpec } from '../model/training-spec.ts';
import { DrawStream } from './draw-stream.ts';

/**
 * Mini-batches of one replicate: the examples in a random order, a new one each epoch (Fisher & Yates; Durstenfeld 1964), cut into
 * batches of equal size. What is left at the end of an epoch is left out, and shuffled with the others for the next one, so that every
 * step weighs the same.
 */
export class BatchOrder {
  readonly #stream: DrawStream;
  readonly #order: Int32Array;
  readonly #size: number;
  readonly #batches: number;
  #epoch = -1;

  /** @param examples in all; at least `size` */
  constructor(spec: TrainingSpec, block: number, replicate: number, examples: number, size: number) {
    this.#stream = new DrawStream(spec, block, replicate, { role: 'inputs', part: 'batches', details: size });
    this.#order = Int32Array.from({ length: examples }, (_, i) => i);
    this.#size = size;
    this.#batches = Math.floor(examples / size);
  }

  /** Indices of the examples of step `step`; steps are asked for in order. Valid until the next call. */
  at(step: number): Int32Array {
    const epoch = Math.floor(step / this.#batches);
    while (this.#epoch < epoch) this.#shuffle(++this.#epoch);
    const from = (step % this.#batches) * this.#size;
    return this.#order.subarray(from, from + this.#size);
  }

  #shuffle(epoch: number): void {
    const order = this.#order;
    const words = this.#stream.words(epoch, order.length);
    for (let i = order.length - 1; i > 0; i--) {
      // Biased by less than 2⁻³² times the number of examples.
      const j = highWord(words[i] as number, i + 1);
      const kept = order[i] as number;
      order[i] = order[j] as number;
      order[j] = kept;
    }
  }
}
