import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SAMPLER_KINDS, type Sampler } from '../random/sampler.ts';
import {
  ANSWER,
  type BlockSimulator,
  COLUMNS,
  type Functional,
  type Kernel,
  type LayerJob,
  type MergedTally,
  type TallySink,
} from './kernel.ts';
import type { NetworkJob, NetworkSimulator } from './network.ts';
import { PANEL_BYTES } from './network-memory.ts';
import { type Exports, WasmMemory } from './wasm-memory.ts';
import { mergeRecords, writeFunctionals } from './wasm-merged.ts';
import { networkSimulator } from './wasm-network.ts';

// Sizes of the records of assembly/layout.ts and derive.ts.
const SAMPLER_BYTES = 96;
const PAIR_BYTES = 32;
const TABLE_BYTES = 64 + 8192 * 16;
const EXTRACT_BYTES = 48 + 22 * 8192;
const CELL_BYTES = 32;
const RUN = 128;

/** Compiles the kernel once; the module can be posted to worker threads. */
export function compileKernel(): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(fileURLToPath(import.meta.resolve('#kernel'))));
}

/** The kernel in WebAssembly SIMD (src/kernel/assembly). Not shared between threads. */
export class WasmKernel implements Kernel {
  readonly name = 'wasm';
  readonly #memory: WasmMemory;
  readonly #wasm: Exports;
  /** The job whose layout is in memory, all tables empty. */
  #ready: { readonly job: LayerJob; readonly simulate: BlockSimulator } | null = null;

  readonly #keptBytes: number;

  /** @param keptBytes of weights that a network keeps for the way back, at most; those of further layers are drawn twice */
  constructor(module: WebAssembly.Module = compileKernel(), keptBytes = 48 * 2 ** 20) {
    this.#memory = new WasmMemory(module);
    this.#keptBytes = keptBytes;
    this.#wasm = this.#memory.exports;
  }

  draw(sampler: Sampler, key: Uint32Array, panel: number, run: number, count: number): Float32Array {
    const memory = this.#memory;
    const mark = memory.mark(); // above what a simulator or a merged tally still uses
    const at = memory.allocate(SAMPLER_BYTES);
    const draws = this.#writeSampler(at, sampler, RUN, false);
    memory.u32(at + 32, 4).set(key);
    this.#wasm.beginPanel(at, panel);
    // A process along the index carries its state from run to run.
    for (let r = sampler.kind === 'ar1' ? 0 : run; r < run; r++) this.#wasm.fill(at, panel, r, RUN);
    this.#wasm.fill(at, panel, run, count);
    const strips = memory.f32(draws, PANEL_BYTES / 4);
    const out = new Float32Array(count * COLUMNS);
    for (let i = 0; i < count; i++)
      for (let column = 0; column < COLUMNS; column++)
        out[i * COLUMNS + column] = strips[(column >> 2) * 528 + i * 4 + (column & 3)] as number;
    memory.reset(mark);
    return out;
  }

  simulator(job: LayerJob): BlockSimulator {
    if (this.#ready?.job === job) return this.#ready.simulate;
    this.#ready = null;
    const memory = this.#memory;
    const wasm = this.#wasm;
    memory.reset();
    const values = COLUMNS * job.side;
    const steps = [...new Set(job.pairs.flatMap((pair) => pair.fanIns))].sort((a, b) => a - b);
    const last = (pairs: typeof job.pairs) => Math.max(0, ...pairs.map((pair) => pair.fanIns.at(-1) ?? 0));
    const samplers = memory.allocate(SAMPLER_BYTES * job.samplers.length);
    job.samplers.forEach((sampler, i) => {
      const users = job.pairs.filter((pair) => pair.weights === i || pair.inputs === i);
      const norms = users.some((pair) => pair.orthogonal && pair.weights === i);
      this.#writeSampler(samplers + i * SAMPLER_BYTES, sampler, last(users), norms);
    });
    const stepsAt = memory.allocate(4 * steps.length);
    const scratch = memory.allocate(4 * values);
    const extracted = memory.allocate(EXTRACT_BYTES);
    const pairs = memory.allocate(PAIR_BYTES * job.pairs.length);
    const tables: { pair: number; fanIn: number; at: number }[] = [];
    job.pairs.forEach((pair, i) => {
      const sums = memory.allocate(4 * values);
      const list = memory.allocate(4 * steps.length);
      const own = pair.fanIns.map((fanIn) => ({ pair: i, fanIn, at: memory.allocate(TABLE_BYTES) }));
      tables.push(...own);
      memory
        .u32(pairs + i * PAIR_BYTES, 6)
        .set([
          samplers + pair.weights * SAMPLER_BYTES,
          samplers + pair.inputs * SAMPLER_BYTES,
          sums,
          last([pair]),
          list,
          pair.orthogonal ? 1 : 0,
        ]);
      memory.u32(list, steps.length).set(steps.map((step) => own.find((table) => table.fanIn === step)?.at ?? 0));
    });
    memory.u32(stepsAt, steps.length).set(steps);
    for (const table of tables) {
      memory.u8(table.at, TABLE_BYTES).fill(0);
      wasm.clearExtremes(table.at);
    }
    const simulate = (keys: readonly Uint32Array[], sink: TallySink) => {
      this.#ready = null;
      keys.forEach((key, i) => {
        memory.u32(samplers + i * SAMPLER_BYTES + 32, 4).set(key);
      });
      const { samplers: s, pairs: p } = job;
      wasm.simulate(job.side, 0, job.panels, samplers, s.length, pairs, p.length, stepsAt, steps.length, scratch);
      for (const table of tables) {
        wasm.extract(table.at, extracted);
        sink(table.pair, table.fanIn, memory.u8(extracted, wasm.pack(extracted)));
      }
      // Emptied to the last table, they serve the next task of this job as they are.
      this.#ready = { job, simulate };
    };
    return simulate;
  }

  networks(job: NetworkJob): NetworkSimulator {
    this.#ready = null;
    const memory = this.#memory;
    memory.reset();
    return networkSimulator(memory, job, this.#keptBytes, (sampler) => {
      const at = memory.allocate(SAMPLER_BYTES);
      this.#writeSampler(at, sampler, job.width, false);
      return at;
    });
  }

  merge(records: readonly Uint8Array[], centre: number | null = null): MergedTally {
    this.#ready = null;
    this.#memory.reset();
    return mergeRecords(this.#memory, records, centre);
  }

  expectations(points: Float64Array, weights: Float64Array, functionals: readonly Functional[]): Float64Array {
    const memory = this.#memory;
    const n = points.length + (points.length & 1);
    const mark = memory.mark();
    const [at, w, g, d] = [0, 1, 2, 3].map(() => memory.allocate(8 * n)) as [number, number, number, number];
    memory.f64(w, n).fill(0);
    memory.f64(at, n).fill(0);
    memory.f64(at, n).set(points);
    memory.f64(w, n).set(weights);
    const cells = writeFunctionals(memory, functionals);
    const out = memory.allocate(8 * ANSWER * functionals.length);
    for (let i = 0; i < functionals.length; i++)
      this.#wasm.expectations(cells + i * CELL_BYTES, at, w, n, g, d, out + 8 * ANSWER * i);
    const answers = memory.f64(out, ANSWER * functionals.length).slice();
    memory.reset(mark);
    return answers;
  }

  /** Writes a sampler record and its buffers; returns where its draws go. */
  #writeSampler(at: number, sampler: Sampler, last: number, norms: boolean): number {
    const memory = this.#memory;
    const [param = 0] = sampler.params;
    const table = sampler.table ? memory.allocate(4 * sampler.table.length) : 0;
    if (sampler.table) memory.f32(table, sampler.table.length).set(sampler.table);
    const draws = memory.allocate(PANEL_BYTES);
    const carry = memory.allocate(256);
    const squares = norms ? memory.allocate(256) : 0;
    // Views last: growing the memory detaches them, and writes to them are then lost without a word.
    const words = memory.u32(at, SAMPLER_BYTES / 4);
    const singles = memory.f32(at, SAMPLER_BYTES / 4);
    words.fill(0);
    words[0] = SAMPLER_KINDS.indexOf(sampler.kind);
    singles[1] = param;
    words[2] = wholeNumber(sampler);
    singles[3] = sampler.scale;
    singles[4] = sampler.shift;
    words[5] = table;
    words[6] = sampler.kind === 'rows' ? (sampler.table?.length ?? 0) / param : 0;
    words[7] = last;
    words[12] = draws;
    words[13] = carry;
    words[14] = squares;
    return draws;
  }
}

/** The sampler's integer: a 32-bit threshold for a probability, or a length. */
function wholeNumber(sampler: Sampler): number {
  const [param = 0] = sampler.params;
  if (sampler.kind === 'bernoulli' || sampler.kind === 'sparse')
    return Math.min(2 ** 32 - 1, Math.max(1, Math.round(param * 2 ** 32)));
  if (sampler.kind === 'table') return sampler.table?.length ?? 0;
  return sampler.kind === 'rows' ? param : 0;
}
