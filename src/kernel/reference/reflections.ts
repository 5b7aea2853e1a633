import type { Batch } from './batch.ts';
import type { Weights } from './weights.ts';

const f = Math.fround;

interface Reflection {
  /** v at places k …; zeros before. */
  readonly vector: Float32Array;
  /** 2/‖v‖². */
  readonly factor: number;
}

/** gain·Q, Q a random orthogonal matrix (Haar) as a product of reflections: see assembly/reflections.ts. */
export class Reflections implements Weights {
  readonly #reflections: readonly Reflection[];
  readonly #signs: readonly number[];
  readonly #gain: number;

  /** @param draws standard normals; column k from row k on makes reflection k */
  constructor(draws: Batch, gain: number) {
    const width = draws.rows;
    const columns = Array.from({ length: width }, (_, k) =>
      Float32Array.from({ length: width }, (__, i) => (i < k ? 0 : draws.get(i, k))),
    );
    this.#gain = gain;
    this.#signs = columns.map((x, k) => ((x[k] as number) < 0 === (k === width - 1) ? -1 : 1));
    this.#reflections = columns.slice(0, -1).map(reflection);
  }

  forward(a: Batch): Batch {
    let out = this.#flip(a);
    for (const each of this.#reflections.toReversed()) out = reflect(each, out);
    return out.map((value) => f(value * this.#gain));
  }

  backward(e: Batch): Batch {
    let out = e;
    for (const each of this.#reflections) out = reflect(each, out);
    return this.#flip(out).map((value) => f(value * this.#gain));
  }

  #flip(a: Batch): Batch {
    return a.map((value, row) => value * (this.#signs[row] as number));
  }
}

function reflection(x: Float32Array, k: number): Reflection {
  const head = x[k] as number;
  let squares = 0;
  for (let i = k; i < x.length; i++) squares += (x[i] as number) * (x[i] as number);
  const norm = Math.sqrt(squares);
  const vector = x.slice();
  const first = f(head < 0 ? head - norm : head + norm);
  vector[k] = first;
  return { vector, factor: f(2 / (squares - head * head + first * first)) };
}

function reflect({ vector, factor }: Reflection, a: Batch): Batch {
  const sums = new Float32Array(a.columns);
  for (let column = 0; column < a.columns; column++) {
    let sum = 0;
    for (let row = 0; row < a.rows; row++) sum = f(sum + f((vector[row] as number) * a.get(row, column)));
    sums[column] = f(sum * factor);
  }
  return a.map((value, row, column) => f(value - f((vector[row] as number) * (sums[column] as number))));
}
