// Exports of the WebAssembly kernel; src/kernel/wasm.ts is their only caller.

export { keyLanes, laneState, seed, words } from './generator';
export { beginPanel } from './dependent';
export { fill } from './variates';
export { product } from './product';
export { clearExtremes, extract, pack, tally } from './tally';
export { simulate } from './simulate';
export { simulateNetwork } from './network';

/** First byte that the kernel's own constants do not use. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15;
}

export { evaluate } from './activations';
export { derive, deriveDirect } from './derive';
export { expectations } from './expectations';
export { useRule } from './atoms';
export { atomCount, layNodes, mergeAdd, mergeBegin, mergeEnd, weighNodes } from './merge';
export { blocksBelow, rankBins } from './cdf';
