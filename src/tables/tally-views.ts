import type { Tally } from '../stats/tally.ts';
import { type ArrowFile, ascending, type BatchLayout } from './arrow-file.ts';
import { damagedTable } from './disk-error.ts';
import type { TallyId, TallyRow } from './tally-batch.ts';
import { TALLY_COLUMNS } from './tally-columns.ts';

type View<T> = new (buffer: ArrayBuffer, offset: number, length: number) => T;

/** Flat columns come first and have two buffers (validity, values); lists have four (validity, offsets; validity, items). */
const FLAT = TALLY_COLUMNS.findIndex((column) => column.type.startsWith('list'));

/** One batch of `tallies.arrow`, read whole; its arrays view one buffer that nothing overwrites. */
export interface TallyViews {
  readonly rows: number;
  row(row: number): TallyRow;
}

/** @throws RunDirectoryError when the batch doesn't have the columns of {@link TALLY_COLUMNS} */
export function tallyViews(file: ArrowFile, layout: BatchLayout): TallyViews {
  try {
    return views(layout, file.read(layout.body).buffer);
  } catch (error) {
    // A view outside its buffer.
    throw error instanceof RangeError ? damagedTable(file.path, 'a batch that ends early', error) : error;
  }
}

function views({ rows, nodes, buffers, body }: BatchLayout, bytes: ArrayBuffer): TallyViews {
  const view = <T>(Type: View<T>, index: number, length: number): T => {
    const region = buffers[index];
    if (region === undefined) throw new RangeError(`no buffer ${index}`);
    return new Type(bytes, region.offset - body.offset, length);
  };
  const flat = <T>(Type: View<T>, column: number): T => view(Type, 2 * column + 1, rows);
  const shape = flat(Int16Array, 0);
  const input = flat(Int16Array, 1);
  const fanIn = flat(Uint32Array, 2);
  const block = flat(Uint32Array, 3);
  const count = flat(BigUint64Array, 4);
  const centre = flat(Float64Array, 5);
  const powers = [6, 7, 8, 9].map((column) => flat(Float64Array, column));
  const min = flat(Float32Array, 10);
  const max = flat(Float32Array, 11);
  // The four lists of a row are of one length, so the first one's offsets serve all.
  const offsets = (list: number) =>
    rows === 0 ? new Int32Array(1) : view(Int32Array, 2 * FLAT + 4 * list + 1, rows + 1);
  const ends = offsets(0);
  const same = [1, 2, 3].every((list) => Buffer.compare(bytesOf(ends), bytesOf(offsets(list))) === 0);
  const whole = nodes.every(
    ({ length, nullCount }, i) => nullCount === 0 && length === (isItems(i) ? ends[rows] : rows),
  );
  if (!same || !whole || !ascending(ends, body.length)) throw new RangeError('lists of different lengths');
  const items = <T>(Type: View<T>, list: number): T => view(Type, 2 * FLAT + 4 * list + 3, ends[rows] as number);
  const bins = items(Int16Array, 0);
  const counts = items(Uint32Array, 1);
  const sums = items(BigInt64Array, 2);
  const squares = items(BigUint64Array, 3);
  return {
    rows,
    row(row) {
      const from = ends[row] as number;
      const to = ends[row + 1] as number;
      const tally: Tally = {
        count: Number(count[row]),
        bins: bins.subarray(from, to),
        counts: counts.subarray(from, to),
        sums: sums.subarray(from, to),
        squares: squares.subarray(from, to),
        min: min[row] as number,
        max: max[row] as number,
        powers: Float64Array.from(powers, (column) => column[row] as number),
      };
      const id = { shape: shape[row], input: input[row], fanIn: fanIn[row], block: block[row] } as TallyId;
      return { ...id, centre: centre[row] as number, tally };
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Behind the flat columns come lists and their items in turn. */
function isItems(node: number): boolean {
  return node > FLAT && (node - FLAT) % 2 === 1;
}
