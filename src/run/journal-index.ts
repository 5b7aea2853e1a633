import { type Group, type TallyPosition, unitsOf } from '../sweep/groups.ts';

/** Words of an entry: input, fan-in, block, shape; segment. In this order, so that a group's share of a fan-in is one range. */
const WORDS = 5;
/** Those that say which tally it is. */
const KEY_WORDS = 4;

/** Entries that there is room for at first. */
const ROOM = 1024;

/**
 * Where the journal's tallies are: 28 bytes each, in typed arrays, because there may be millions.
 * First entries are added, then the index is sealed, then asked.
 */
export class JournalIndex {
  #words = new Uint32Array(WORDS * ROOM);
  #offsets = new Float64Array(ROOM);
  #entries = 0;
  /** Entries by position, only the first of each. */
  #order = new Uint32Array();

  /** Different tallies, once sealed. */
  get count(): number {
    return this.#order.length;
  }

  /** Adds an entry of a segment, in the order of the disk. */
  add({ input, fanIn, block, shape }: TallyPosition, segment: number, offset: number): void {
    if (this.#entries === this.#offsets.length) this.#grow();
    this.#words.set([input, fanIn, block, shape, segment], WORDS * this.#entries);
    this.#offsets[this.#entries++] = offset;
  }

  seal(): void {
    // Sorting is stable, so of equal ones the first added comes first.
    const order = Uint32Array.from({ length: this.#entries }, (_, entry) => entry).sort((a, b) => this.#compare(a, b));
    this.#order = order.filter((entry, i) => i === 0 || this.#compare(order[i - 1] as number, entry) !== 0);
  }

  /** Where a group's tallies are, in the order in which they were added: that of the disk. */
  *of(group: Group): Generator<{ segment: number; offset: number }> {
    for (const entry of this.#entriesOf(group))
      yield { segment: this.#words[WORDS * entry + KEY_WORDS] as number, offset: this.#offsets[entry] as number };
  }

  #entriesOf(group: Group): Uint32Array {
    const [from, to] = group.blocks;
    const ranges = unitsOf(group).map(({ input, fanIn }) =>
      this.#order.subarray(this.#firstFrom([input, fanIn, from]), this.#firstFrom([input, fanIn, to])),
    );
    return Uint32Array.from(ranges.flatMap((range) => [...range])).sort();
  }

  /** How many of the order come before all positions that begin with `key`. */
  #firstFrom(key: readonly number[]): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#difference(this.#order[middle] as number, key, 0, key.length) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(a: number, b: number): number {
    return this.#difference(a, this.#words, WORDS * b, KEY_WORDS);
  }

  /** Negative when the first words of an entry come before those in `key` from `start` on, 0 when they are the same. */
  #difference(entry: number, key: ArrayLike<number>, start: number, words: number): number {
    for (let i = 0; i < words; i++) {
      const difference = (this.#words[WORDS * entry + i] as number) - (key[start + i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #grow(): void {
    const [words, offsets] = [this.#words, this.#offsets];
    this.#words = new Uint32Array(2 * words.length);
    this.#words.set(words);
    this.#offsets = new Float64Array(2 * offsets.length);
    this.#offsets.set(offsets);
  }
}
