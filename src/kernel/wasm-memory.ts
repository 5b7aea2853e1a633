/** Exports of assembly/index.ts: numbers are i32, pointers or f64. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  beginPanel(sampler: number, panel: number): void;
  fill(sampler: number, panel: number, run: number, count: number): void;
  product(w: number, x: number, z: number, from: number, to: number, side: number): void;
  tally(table: number, z: number, count: number): void;
  clearExtremes(table: number): void;
  extract(table: number, out: number): number;
  pack(out: number): number;
  simulate(...args: number[]): void;
  simulateNetwork(job: number, replicate: number): void;
  mergeBegin(dense: number): void;
  mergeAdd(dense: number, record: number): void;
  mergeEnd(...args: number[]): number;
  layNodes(bins: number, n: number, index: number, nodes: number): number;
  weighNodes(record: number, block: number, index: number, panels: number): void;
  rankBins(record: number, bins: number, n: number, line: number): void;
  blocksBelow(...args: number[]): void;
  expectations(...args: number[]): void;
  useRule(...args: number[]): void;
  derive(...args: number[]): void;
  deriveDirect(...args: number[]): void;
  atomCount(): number;
  evaluate(...args: number[]): void;
}

const PAGE = 65536;

/**
 * Bump allocation in a kernel's linear memory. Nothing is freed one by one: `reset` drops everything after a mark. Views are
 * made anew at each access, because growing the memory detaches old ones.
 */
export class WasmMemory {
  readonly exports: Exports;
  #next: number;

  constructor(module: WebAssembly.Module) {
    const env = {
      abort: () => {
        throw new Error('kernel aborted');
      },
    };
    this.exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
    this.#next = this.exports.heapBase();
  }

  /** A cache-line-aligned place for `bytes` bytes, whose content is undefined. */
  allocate(bytes: number): number {
    const at = (this.#next + 63) & ~63;
    this.#next = at + bytes;
    const missing = this.#next - this.exports.memory.buffer.byteLength;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  mark(): number {
    return this.#next;
  }

  reset(mark: number = this.exports.heapBase()): void {
    this.#next = mark;
  }

  u8(at: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, at, length);
  }

  i16(at: number, length: number): Int16Array {
    return new Int16Array(this.exports.memory.buffer, at, length);
  }

  u32(at: number, length: number): Uint32Array {
    return new Uint32Array(this.exports.memory.buffer, at, length);
  }

  f32(at: number, length: number): Float32Array {
    return new Float32Array(this.exports.memory.buffer, at, length);
  }

  f64(at: number, length: number): Float64Array {
    return new Float64Array(this.exports.memory.buffer, at, length);
  }
}
