/**
 * Tallies of one group of a sweep in one SharedArrayBuffer, written by many threads without locks.
 *
 * Space is taken by one atomic addition and never given back before `clear`; a directory slot says where a record starts.
 * A slot is stored after the record's bytes: Atomics.store orders it behind them, so a reader that sees an offset sees the
 * whole record. Offsets are in units of 8 bytes; 0 means not there yet.
 *
 * Pages that nothing was written to cost no memory, so the capacity can be generous.
 */
export class Arena {
  readonly buffer: SharedArrayBuffer;
  /** [0]: next free unit; [1 + slot]: where the slot's record starts. */
  readonly #words: Int32Array;
  /** Bytes of each slot's record, written before the slot is published. */
  readonly #lengths: Int32Array;
  readonly #bytes: Uint8Array;
  readonly slots: number;

  private constructor(buffer: SharedArrayBuffer, slots: number) {
    this.buffer = buffer;
    this.slots = slots;
    this.#words = new Int32Array(buffer, 0, 1 + slots);
    this.#lengths = new Int32Array(buffer, 4 * (1 + slots), slots);
    this.#bytes = new Uint8Array(buffer);
  }

  /**
   * An empty arena.
   * @param bytes room for records, under 16 GiB
   * @param spare of an arena that nobody uses any more: taken if it is large enough
   */
  static allocate(slots: number, bytes: number, spare: SharedArrayBuffer | null = null): Arena {
    const size = headerBytes(slots) + Math.ceil(bytes / 8) * 8;
    const arena = new Arena(spare !== null && spare.byteLength >= size ? spare : new SharedArrayBuffer(size), slots);
    arena.clear();
    return arena;
  }

  /** The same arena in another thread. */
  static attach(buffer: SharedArrayBuffer, slots: number): Arena {
    return new Arena(buffer, slots);
  }

  /** Forgets all records. Only while no other thread uses the arena. */
  clear(): void {
    this.#words.fill(0);
    this.#words[0] = headerBytes(this.slots) / 8;
  }

  /**
   * Copies a record in and publishes it. Returns false when there is no room; the record is then not there. A slot that has its record,
   * or was dropped, stays as it is: of a task that is done again the records are the same, and must not take their room twice.
   */
  publish(slot: number, record: Uint8Array): boolean {
    if (Atomics.load(this.#words, 1 + slot) !== 0) return true;
    const units = Math.ceil(record.length / 8);
    const at = Atomics.add(this.#words, 0, units);
    if ((at + units) * 8 > this.#bytes.length) return false;
    this.#bytes.set(record, at * 8);
    this.#lengths[slot] = record.length;
    Atomics.compareExchange(this.#words, 1 + slot, 0, at);
    return true;
  }

  /** Says that a slot's record will never come, because what would have made it failed. */
  drop(slot: number): void {
    Atomics.store(this.#words, 1 + slot, DROPPED);
  }

  isDropped(slot: number): boolean {
    return Atomics.load(this.#words, 1 + slot) === DROPPED;
  }

  /** The record of a slot as a view, or null while it is not published, and when it was dropped. */
  record(slot: number): Uint8Array | null {
    const at = Atomics.load(this.#words, 1 + slot);
    if (at <= 0) return null;
    return this.#bytes.subarray(at * 8, at * 8 + (this.#lengths[slot] as number));
  }

  /** Bytes taken so far. */
  get used(): number {
    return Math.min(Atomics.load(this.#words, 0) * 8, this.#bytes.length);
  }
}

/** In place of an offset. */
const DROPPED = -1;

function headerBytes(slots: number): number {
  return Math.ceil((4 * (1 + 2 * slots)) / 8) * 8;
}
