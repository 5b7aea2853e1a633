import { LAYER_SUMS, layerAt, type RecordLayout, STEP_SUMS, stepAt } from './arm-record.ts';

/** Adds what is seen of replicates at recorded steps to a record. */
export class StepSums {
  readonly #record: Float64Array;
  readonly #layout: RecordLayout;

  constructor(record: Float64Array, layout: RecordLayout) {
    this.#record = record;
    this.#layout = layout;
  }

  /** @param step position among the recorded steps @param found LAYER_SUMS of each layer */
  add(step: number, loss: number, accuracy: number, found: Float64Array): void {
    this.#add(stepAt(this.#layout, step, STEP_SUMS.finite), 1);
    this.#add(stepAt(this.#layout, step, STEP_SUMS.loss), loss);
    this.#add(stepAt(this.#layout, step, STEP_SUMS.accuracy), accuracy);
    for (let l = 0; l < this.#layout.layers; l++) {
      const at = layerAt(this.#layout, step, l);
      for (let i = 0; i < LAYER_SUMS.length; i++) this.#add(at + i, found[l * LAYER_SUMS.length + i] as number);
    }
  }

  #add(at: number, value: number): void {
    this.#record[at] = (this.#record[at] as number) + value;
  }
}
