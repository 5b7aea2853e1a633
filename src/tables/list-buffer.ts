import { type Data, type DataType, Field, List, makeData } from './arrow.ts';

type Items = Float64Array | Int16Array | Uint32Array | BigInt64Array | BigUint64Array;

/** The batch of one list column: offsets and items end to end, growing by doubling and reused batch after batch. */
export class ListBuffer<T extends Items> {
  readonly type: List;
  readonly #item: DataType;
  readonly #offsets: Int32Array;
  #items: T;
  #row = 0;

  constructor(item: DataType, empty: T, rows: number) {
    this.#item = item;
    // `item` is the name other Arrow implementations give the child.
    this.type = new List(new Field('item', item, false));
    this.#offsets = new Int32Array(rows + 1);
    this.#items = empty;
  }

  /** Adds one row holding a copy of `items`. */
  push(items: T): void {
    const from = this.#offsets[this.#row] as number;
    const to = from + items.length;
    if (to > this.#items.length) this.#grow(to);
    (this.#items.set as (items: T, at: number) => void)(items, from);
    this.#offsets[++this.#row] = to;
  }

  /** Views of all rows since the last `clear`. */
  data(): Data<List> {
    const length = this.#offsets[this.#row] as number;
    const child = makeData({ type: this.#item, length, nullCount: 0, data: this.#items.subarray(0, length) } as never);
    const valueOffsets = this.#offsets.subarray(0, this.#row + 1);
    return makeData({ type: this.type, length: this.#row, nullCount: 0, valueOffsets, child });
  }

  clear(): void {
    this.#row = 0;
  }

  #grow(needed: number): void {
    const Type = this.#items.constructor as new (length: number) => T;
    const grown = new Type(Math.max(needed, 2 * this.#items.length, 1024));
    (grown.set as (items: T) => void)(this.#items);
    this.#items = grown;
  }
}
