import { RunError } from '../errors.ts';
import type { DataType } from './arrow.ts';
import { type Data, makeData } from './arrow.ts';

/** The batch of one column: typed values and validity bits, reused batch after batch. */
export interface ColumnBuffer {
  /** Puts `source[from…from + count)`, where NaN means null, at row `at` of the batch; `firstRow` numbers it in messages. */
  fill(source: Float64Array, from: number, count: number, at: number, firstRow: number): void;
  /** Views of the first `rows` rows. */
  data(rows: number): Data;
}

/** What fills a column: its Arrow type, which doubles it takes, and how they are stored. */
export interface ColumnCodec {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** In words, for messages. */
  readonly allowed: string;
  readonly values: Float64Array | Uint32Array | BigUint64Array | Int16Array | Int8Array;
  /** Stores one chunk, NaN as 0. Returns the index of the first value that is not allowed, or −1. */
  store(source: Float64Array, from: number, count: number, at: number): number;
  /** Extra properties of the Arrow data (the dictionary). */
  readonly extra?: object;
}

/** @param rows capacity of a batch */
export function columnBuffer(codec: ColumnCodec, rows: number): ColumnBuffer {
  const bitmap = new Uint8Array(Math.ceil(rows / 8));
  let nulls = 0;
  const refuse = (value: number, row: number): never => {
    throw new RunError({
      where: `column ${codec.name}, row ${row}`,
      received: String(value),
      allowed: codec.allowed,
      remedy: 'this is a fault of initsweep: please report it',
    });
  };
  return {
    fill(source, from, count, at, firstRow) {
      if (at === 0) {
        bitmap.fill(0xff);
        nulls = 0;
      }
      const before = nulls;
      for (let i = 0; i < count; i++) {
        if (!Number.isNaN(source[from + i])) continue;
        const row = at + i;
        // Arrow validity: least significant bit first, 1 = valid.
        bitmap[row >> 3] = (bitmap[row >> 3] as number) & ~(1 << (row & 7));
        nulls++;
      }
      if (nulls > before && !codec.nullable) {
        const bad = source.subarray(from, from + count).findIndex(Number.isNaN);
        refuse(Number.NaN, firstRow + bad);
      }
      const bad = codec.store(source, from, count, at);
      if (bad >= 0) refuse(source[from + bad] as number, firstRow + bad);
    },
    data(rows) {
      const bytes = Math.ceil(rows / 8);
      if (rows % 8 !== 0) bitmap[bytes - 1] = (bitmap[bytes - 1] as number) & (2 ** (rows % 8) - 1);
      // apache-arrow drops the bitmap when nullCount is 0, which is what we want exactly then.
      const nullBitmap = nulls > 0 ? bitmap.subarray(0, bytes) : undefined;
      const data = codec.values.subarray(0, rows);
      return makeData({ type: codec.type, length: rows, nullCount: nulls, nullBitmap, data, ...codec.extra } as never);
    },
  };
}
