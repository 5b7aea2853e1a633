import { Bench } from 'tinybench';
import { compileKernel } from '../../dist/src/kernel/wasm.js';
import { WasmMemory } from '../../dist/src/kernel/wasm-memory.js';
import { SAMPLER_KINDS } from '../../dist/src/random/sampler.js';

// Sizes and offsets of src/kernel/assembly/layout.ts. A row compares its draws with WasmKernel.draw, so a stale one shows.
export const RUN = 128;
export const COLUMNS = 64;
const STRIP_SINGLES = 528;
const PANEL_BYTES = 16 * 4 * STRIP_SINGLES;
const SAMPLER_WORDS = 24;
const TABLE_HEADER = 64;
const TABLE_BYTES = TABLE_HEADER + 8192 * 16;
const EXTRACT_BYTES = 48 + 22 * 8192;

export const KEY = Uint32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x2545f491);

/** The kernel's leaf functions with buffers of their own, as the benchmark calls them: without the orchestration around them. */
export class Leaves {
  #memory = new WasmMemory(compileKernel());
  kernel = this.#memory.exports;

  /**
   * A sampler of scale 1 and shift 0 without parameters.
   *
   * @param {import('../../dist/src/random/sampler.js').SamplerKind} kind
   * @returns {{ at: number, panel: number }} the record, and the panel that `fill` draws
   */
  sampler(kind) {
    const at = this.#memory.allocate(4 * SAMPLER_WORDS);
    const panel = this.#memory.allocate(PANEL_BYTES);
    const carry = this.#memory.allocate(4 * COLUMNS);
    const words = this.#memory.u32(at, SAMPLER_WORDS);
    words.fill(0);
    words[0] = SAMPLER_KINDS.indexOf(kind);
    this.#memory.f32(at, SAMPLER_WORDS)[3] = 1;
    words[7] = RUN;
    words.set(KEY, 8);
    words[12] = panel;
    words[13] = carry;
    return { at, panel };
  }

  /**
   * The panel's draws, index-major, as WasmKernel.draw gives them.
   *
   * @param {number} panel
   */
  draws(panel) {
    const strips = this.#memory.f32(panel, PANEL_BYTES / 4);
    return Float32Array.from({ length: RUN * COLUMNS }, (_, k) => {
      const column = k % COLUMNS;
      return strips[(column >> 2) * STRIP_SINGLES + Math.floor(k / COLUMNS) * 4 + (column & 3)] ?? Number.NaN;
    });
  }

  /** @param {number} count */
  singles(count) {
    return this.#memory.allocate(4 * count);
  }

  /**
   * A view, valid until the next allocation.
   *
   * @param {number} at
   * @param {number} count
   */
  read(at, count) {
    return this.#memory.f32(at, count);
  }

  /** An empty table for `tally`. */
  table() {
    const at = this.#memory.allocate(TABLE_BYTES);
    this.#memory.u8(at, TABLE_BYTES).fill(0);
    this.kernel.clearExtremes(at);
    return at;
  }

  /**
   * Empties a table into a record of src/stats/record.ts.
   *
   * @param {number} table
   */
  record(table) {
    const out = this.#memory.allocate(EXTRACT_BYTES);
    this.kernel.extract(table, out);
    return this.#memory.u8(out, this.kernel.pack(out)).slice();
  }
}

/**
 * Units of work a second: from the median call of one tinybench run.
 *
 * @param {string} name
 * @param {number} units done by one call
 * @param {() => void} work
 * @param {boolean} quick
 */
export async function rate(name, units, work, quick) {
  const time = quick ? 60 : 300;
  const bench = new Bench({ name, time, warmupTime: time / 2 });
  bench.add(name, work, { async: false });
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed') throw new Error(`${name}: ${result?.state}`);
  return units / (result.latency.p50 / 1000);
}
