import type { Kernel } from '../../src/kernel/kernel.ts';
import { ReferenceKernel } from '../../src/kernel/reference.ts';
import { compileKernel, WasmKernel } from '../../src/kernel/wasm.ts';

/** Every implementation of the seam, by name: new instances, so that tests do not share memory. */
export const KERNELS: Readonly<Record<string, () => Kernel>> = {
  wasm: () => new WasmKernel(),
  reference: () => new ReferenceKernel(),
};

/** Exports of the kernel that only tests call; pointers are numbers. */
export interface RawExports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  laneState(): number;
  keyLanes(key: number, panel: number, run: number): void;
  words(out: number, steps: number): void;
  clearExtremes(table: number): void;
  tally(table: number, z: number, count: number): void;
  extract(table: number, out: number): number;
  pack(out: number): number;
  evaluate(
    code: number,
    param: number,
    factor: number,
    offset: number,
    points: number,
    n: number,
    g: number,
    d: number,
  ): void;
}

/** A WebAssembly instance without the seam around it, with `pages` more pages of memory than its constants need. */
export function rawKernel(pages = 16): RawExports {
  const env = { abort: () => expectNoAbort() };
  const raw = new WebAssembly.Instance(compileKernel(), { env }).exports as unknown as RawExports;
  raw.memory.grow(pages);
  return raw;
}

function expectNoAbort(): never {
  throw new Error('kernel aborted');
}
