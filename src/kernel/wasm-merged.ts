import { gaussLegendre } from '../numeric/gauss-legendre.ts';
import { POWER_SUMS } from '../stats/moments.ts';
import { ANSWER, type Functional, type MergedTally } from './kernel.ts';
import { PANEL_BYTES } from './network-memory.ts';
import type { WasmMemory } from './wasm-memory.ts';

// Sizes of assembly/merge.ts, derive.ts and layout.ts.
const DENSE_BYTES = 32 * 8192;
const BINS = 8192;
/** More points than the bins near a centre are cut into: wherever it is, 48 bins at most, 140 pieces, 420 points. */
const PIECES = 8192;
const MOST_NODES = 3 * 1024 + 1;
const CELL_BYTES = 32;
/** Points a bin for cells that are steep beside the bins: e^(−x) over 1/16 of x, up to the x = 708 at which it underflows. */
export const FINE = 16;
const RUN = 128;
/** Blocks side by side in one product. */
const GROUP = 64;

/** Writes the cells that assembly/derive.ts answers; returns where they are. */
export function writeFunctionals(memory: WasmMemory, functionals: readonly Functional[]): number {
  const at = memory.allocate(CELL_BYTES * functionals.length);
  const doubles = memory.f64(at, (CELL_BYTES / 8) * functionals.length);
  const words = memory.u32(at, (CELL_BYTES / 4) * functionals.length);
  functionals.forEach(({ code, param, factor, offset }, i) => {
    words[i * 8] = code;
    doubles.set([param, factor, offset], i * 4 + 1);
  });
  return at;
}

/** Answers `count` cells to `out`; those that it cannot answer well have a 1 among `marks`. */
type Derive = (cells: number, count: number, out: number, marks: number) => void;
type Six = [number, number, number, number, number, number];

/** Merges one record for each block, in memory that the caller has cleared. See `Kernel.merge`. */
export function mergeRecords(memory: WasmMemory, records: readonly Uint8Array[], centre: number | null): MergedTally {
  const wasm = memory.exports;
  const blocks = records.length;
  const at = Uint32Array.from(records, ({ length }) => memory.allocate(length));
  const list = memory.allocate(4 * blocks);
  memory.u32(list, blocks).set(at);
  const bytes = memory.u8(0, list);
  records.forEach((record, block) => {
    bytes.set(record, at[block]);
  });
  const heads = readHeads(memory, at);
  const dense = memory.allocate(DENSE_BYTES);
  wasm.mergeBegin(dense);
  for (const record of at) wasm.mergeAdd(dense, record);
  const [counts, sums] = [memory.allocate(8 * BINS), memory.allocate(8 * BINS)];
  const room = 8 * (2 * BINS + PIECES);
  const [atoms, weights, g, d] = [0, 1, 2, 3].map(() => memory.allocate(room)) as [number, number, number, number];
  const bins = memory.allocate(2 * BINS);
  const isPointAt = memory.allocate(BINS);
  const middle = centre ?? Number.NaN;
  const n = wasm.mergeEnd(dense, heads.total, middle, counts, sums, atoms, weights, bins, isPointAt);
  const atomCount = wasm.atomCount();
  const isPoint = memory.u8(isPointAt, n).slice();
  const shares = blockShares(memory, at, list, bins, n);
  const values = memory.allocate(Math.ceil(blocks / GROUP) * GROUP * GROUP * 4);
  // Coarse nodes stand in for densities, not for lattices or for bins in pieces.
  const exact = centre !== null || pointShare(memory.f64(counts, n), isPoint) >= 0.5;
  const derive = exact ? direct(room) : coarse();

  /** Answers from every block's own atoms, at most `bytes` of them. */
  function direct(bytes: number): Derive {
    const [own, ownWeights] = [memory.allocate(bytes), memory.allocate(bytes)];
    return (cells, count, out) =>
      wasm.deriveDirect(
        ...[cells, count, atoms, weights, atomCount, list, blocks, middle, own, ownWeights, values, g, d, out],
      );
  }

  /** Block values from coarse nodes. */
  function coarse(): Derive {
    const index = memory.allocate(4096);
    const nodes = memory.allocate(8 * MOST_NODES);
    const nodeCount = wasm.layNodes(bins, n, index, nodes);
    const chunks = Math.ceil(nodeCount / RUN);
    const bytes = Math.ceil(blocks / GROUP) * chunks * PANEL_BYTES;
    const panels = memory.allocate(bytes);
    memory.u8(panels, bytes).fill(0);
    at.forEach((record, block) => {
      wasm.weighNodes(record, block % GROUP, index, panels + Math.floor(block / GROUP) * chunks * PANEL_BYTES);
    });
    const functions = memory.allocate(chunks * PANEL_BYTES);
    return (cells, count, out, marks) =>
      wasm.derive(
        ...[cells, count, atoms, weights, atomCount, nodes, nodeCount, panels, blocks, functions, values, g, d, out],
        marks,
      );
  }

  /** Answers as `direct`, from {@link FINE} points a bin. */
  function fine(functionals: readonly Functional[]): Float64Array {
    const rule = memory.allocate(16 * FINE);
    const { nodes, weights: shares } = gaussLegendre(FINE);
    memory.f64(rule, FINE).set(nodes);
    memory.f64(rule + 8 * FINE, FINE).set(shares.map((share) => share / 2));
    const bytes = 8 * FINE * (n + 1);
    const [points, ofAll, own, ofOwn, gAt, dAt] = [0, 1, 2, 3, 4, 5].map(() => memory.allocate(bytes)) as Six;
    const cells = writeFunctionals(memory, functionals);
    const out = memory.allocate(8 * ANSWER * functionals.length);
    wasm.useRule(rule, FINE);
    wasm.mergeEnd(dense, heads.total, middle, counts, sums, points, ofAll, bins, isPointAt);
    const count = wasm.atomCount();
    wasm.deriveDirect(
      ...[cells, functionals.length, points, ofAll, count, list, blocks, middle, own, ofOwn, values, gAt, dAt, out],
    );
    wasm.useRule(0, 0);
    return memory.f64(out, ANSWER * functionals.length).slice();
  }

  const mark = memory.mark();
  return {
    blockCounts: heads.counts,
    powers: heads.powers,
    min: heads.min,
    max: heads.max,
    ...shares,
    bins: memory.i16(bins, n).slice(),
    counts: memory.f64(counts, n).slice(),
    sums: memory.f64(sums, n).slice(),
    points: isPoint,
    derive(functionals) {
      memory.reset(mark);
      const cells = writeFunctionals(memory, functionals);
      const out = memory.allocate(8 * ANSWER * functionals.length);
      const marks = memory.allocate(4 * functionals.length);
      memory.u32(marks, functionals.length).fill(0);
      derive(cells, functionals.length, out, marks);
      const answers = memory.f64(out, ANSWER * functionals.length).slice();
      const marked = memory.u32(marks, functionals.length);
      const steep = functionals.flatMap((functional, i) => (marked[i] === 1 ? [{ functional, i }] : []));
      if (steep.length === 0) return answers;
      const better = fine(steep.map(({ functional }) => functional));
      steep.forEach(({ i }, k) => {
        answers.set(better.subarray(ANSWER * k, ANSWER * (k + 1)), ANSWER * i);
      });
      return answers;
    },
  };
}

/** Share of the values that lie in bins which are points. */
function pointShare(counts: Float64Array, isPoint: Uint8Array): number {
  let points = 0;
  let all = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    all += count;
    points += count * (isPoint[i] as number);
  }
  return points / all;
}

/** What stands at the head of every record (src/stats/record.ts). */
function readHeads(memory: WasmMemory, records: Uint32Array) {
  const end = memory.mark();
  const words = memory.u32(0, end >>> 2);
  const singles = memory.f32(0, end >>> 2);
  const doubles = memory.f64(0, end >>> 3);
  const counts = new Float64Array(records.length);
  const powers = new Float64Array(POWER_SUMS * records.length);
  let total = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let block = 0; block < records.length; block++) {
    const at = records[block] as number;
    const word = at >>> 2;
    const count = words[word + 1] as number;
    counts[block] = count;
    total += count;
    min = Math.min(min, singles[word + 2] as number);
    max = Math.max(max, singles[word + 3] as number);
    powers[POWER_SUMS * block] = count;
    const sums = (at >>> 3) + 1;
    for (let k = 1; k < POWER_SUMS; k++) powers[POWER_SUMS * block + k] = doubles[sums + k] as number;
  }
  return { counts, powers, total, min, max };
}

/** The blocks' distribution functions, side by side (assembly/cdf.ts); `list` is where the records' addresses are. */
function blockShares(memory: WasmMemory, records: Uint32Array, list: number, bins: number, n: number) {
  const wasm = memory.exports;
  const blocks = records.length;
  const lineBytes = 8 * (n + 1);
  const table = memory.allocate(lineBytes * blocks);
  records.forEach((record, block) => {
    wasm.rankBins(record, bins, n, table + lineBytes * block);
  });
  const out = memory.allocate(8 * blocks);
  let view = memory.f64(out, blocks);
  const count = (x: number, closed: boolean): Float64Array => {
    wasm.blocksBelow(bins, n, table, list, blocks, x, closed ? 1 : 0, out);
    // Growing the memory detaches a view, and leaves it empty.
    if (view.length === 0) view = memory.f64(out, blocks);
    return view;
  };
  return { below: (x: number) => count(x, false), atOrBelow: (x: number) => count(x, true) };
}
