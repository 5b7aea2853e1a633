import type { Sampler } from '../../random/sampler.ts';
import { COLUMNS, RUN } from '../kernel.ts';
import { Lanes } from './lanes.ts';
import { highWord } from './philox.ts';
import { normals, unit, variates } from './variates.ts';

const f = Math.fround;

/** The run that keys what belongs to a whole panel: common factors, first values, picked rows. */
const WHOLE_PANEL = 0x1fffffff;

/** The draws of one sampler in one panel, run by run from the first. */
export class PanelDraws {
  readonly #sampler: Sampler;
  readonly #key: Uint32Array;
  readonly #panel: number;
  /** One number a column that outlives the runs: common factor (equicorrelated), last value (ar1) or picked row (rows). */
  #carry: Float32Array | Uint32Array = new Float32Array(COLUMNS);

  constructor(sampler: Sampler, key: Uint32Array, panel: number) {
    this.#sampler = sampler;
    this.#key = key;
    this.#panel = panel;
    if (!['equicorrelated', 'ar1', 'rows'].includes(sampler.kind)) return;
    const words = Lanes.keyed(key, panel, WHOLE_PANEL).words(COLUMNS / 8);
    this.#carry = sampler.kind === 'rows' ? words.map((k) => highWord(k, rowCount(sampler))) : normals(words);
  }

  /** Indices `run`·128 … + `count`, index-major: scale·u + shift. An AR(1) process needs its runs in order. */
  fill(run: number, count: number): Float32Array {
    const { kind, scale, shift } = this.#sampler;
    if (kind === 'rows') return this.#rows(run * RUN, count);
    const out = new Float32Array(count * COLUMNS);
    if (kind === 'constant') return out.fill(f(f(scale) + f(shift)));
    const lanes = Lanes.keyed(this.#key, this.#panel, run);
    const size = unit(this.#sampler);
    for (let i = 0; i < count; i++) {
      const values = this.#correlate(variates(this.#sampler, lanes));
      for (let column = 0; column < COLUMNS; column++)
        out[i * COLUMNS + column] = f(f((values[column] as number) * size) + f(shift));
    }
    return out;
  }

  /** x = √ρ·c + √(1 − ρ)·g, or x = φ·x₋₁ + √(1 − φ²)·g. */
  #correlate(values: Float32Array): Float32Array {
    const { kind, params } = this.#sampler;
    if (kind !== 'equicorrelated' && kind !== 'ar1') return values;
    const param = f(params[0] as number);
    const old = kind === 'ar1' ? param : f(Math.sqrt(param));
    const fresh = f(Math.sqrt(f(1 - (kind === 'ar1' ? f(param * param) : param))));
    const out = values.map((g, column) => f(f((this.#carry[column] as number) * old) + f(g * fresh)));
    if (kind === 'ar1') this.#carry = out;
    return out;
  }

  #rows(base: number, count: number): Float32Array {
    const [width, table] = [this.#sampler.params[0] as number, this.#sampler.table as Float32Array];
    const out = new Float32Array(count * COLUMNS);
    for (let i = 0; i < count; i++)
      for (let column = 0; column < COLUMNS; column++)
        out[i * COLUMNS + column] = table[(this.#carry[column] as number) * width + base + i] as number;
    return out;
  }
}

function rowCount({ table, params }: Sampler): number {
  return (table?.length ?? 0) / (params[0] as number);
}
