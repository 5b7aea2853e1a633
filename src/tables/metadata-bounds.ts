/**
 * Arrow keeps its metadata as flatbuffers, whose reader trusts every count: a single flipped bit makes a list of 2³⁰ fields, read as
 * zeros beyond the end, and fills all memory. Here counts and offsets are followed first, only as far as the bytes go.
 *
 * A table's layout, from Arrow's format/*.fbs: by number of the slot, where its offset leads to.
 */
interface Layout {
  readonly [slot: number]: { readonly table: () => Layout } | { readonly items: number | (() => Layout) };
}

const KEY_VALUE: Layout = { 0: { items: 1 }, 1: { items: 1 } };
const FIELD: Layout = {
  0: { items: 1 },
  5: { items: () => FIELD },
  6: { items: () => KEY_VALUE },
};
const SCHEMA: Layout = { 1: { items: () => FIELD }, 2: { items: () => KEY_VALUE }, 3: { items: 8 } };
const RECORD_BATCH: Layout = { 1: { items: 16 }, 2: { items: 16 }, 4: { items: 8 } };
const DICTIONARY_BATCH: Layout = { 1: { table: () => RECORD_BATCH } };
const FOOTER: Layout = {
  1: { table: () => SCHEMA },
  2: { items: 24 },
  3: { items: 24 },
  4: { items: () => KEY_VALUE },
};

/** By type of the header, slot 1 of a message. */
const HEADERS: readonly Layout[] = [{}, SCHEMA, DICTIONARY_BATCH, RECORD_BATCH];

/** @throws RangeError when the bytes of a footer say that there is more of something than they hold */
export function boundFooter(bytes: Uint8Array): void {
  new Bounds(bytes).root(FOOTER);
}

/** As {@link boundFooter}, for the flatbuffer of a message. Returns the bytes of its body. */
export function boundMessage(bytes: Uint8Array): number {
  const bounds = new Bounds(bytes);
  const header = bounds.byte(1) ?? 0;
  bounds.root({ 2: { table: () => HEADERS[header] ?? {} }, 4: { items: () => KEY_VALUE } });
  const body = bounds.long(3) ?? 0;
  if (body < 0) throw new RangeError(`a body of ${body} bytes`);
  return body;
}

const MAGIC = 'ARROW1';

/**
 * As {@link boundFooter}, for all the metadata of an Arrow file or stream.
 * @throws RangeError also where a file or a message ends early
 */
export function boundArrow(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    for (let at = 0; at < buffer.length; ) at = boundMessageAt(buffer, at);
    return;
  }
  const end = buffer.length - MAGIC.length - 4;
  const footer = buffer.subarray(end - buffer.readInt32LE(end), end);
  boundFooter(footer);
  for (const slot of [2, 3])
    for (const block of new Bounds(footer).structs(slot, 24))
      boundMessageAt(buffer, Number(footer.readBigInt64LE(block)));
}

/** Bounds the message at `at`, and returns where the next one is; the end of the bytes when it is the last. */
function boundMessageAt(buffer: Buffer, at: number): number {
  // Before Arrow 0.15 there was no continuation mark in front of the length.
  const start = buffer.readInt32LE(at) === -1 ? at + 8 : at + 4;
  const length = buffer.readInt32LE(start - 4);
  if (length === 0) return buffer.length;
  if (length < 0 || start + length > buffer.length) throw new RangeError(`a message of ${length} bytes at byte ${at}`);
  return start + length + boundMessage(buffer.subarray(start, start + length));
}

class Bounds {
  readonly #view: DataView;
  /** Tables may be shared, and so be many more than the bytes: they are counted down. */
  #left: number;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    // A DataView throws a RangeError outside its bytes.
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#left = byteLength;
  }

  root(layout: Layout): void {
    this.#table(this.#view.getUint32(0, true), layout);
  }

  /** One byte of the root table; null where the slot is not used. */
  byte(slot: number): number | null {
    const at = this.#slot(this.#view.getUint32(0, true), slot);
    return at === null ? null : this.#view.getUint8(at);
  }

  /** As `byte`, for eight of them. */
  long(slot: number): number | null {
    const at = this.#slot(this.#view.getUint32(0, true), slot);
    return at === null ? null : Number(this.#view.getBigInt64(at, true));
  }

  /** Where the items of a list of the root table are, each of so many bytes. */
  structs(slot: number, bytes: number): number[] {
    const place = this.#slot(this.#view.getUint32(0, true), slot);
    if (place === null) return [];
    const at = place + this.#view.getUint32(place, true);
    return Array.from({ length: this.#view.getUint32(at, true) }, (_, i) => at + 4 + bytes * i);
  }

  #table(at: number, layout: Layout): void {
    if (--this.#left < 0) throw new RangeError('metadata that contains itself');
    for (const [slot, leads] of Object.entries(layout) as [string, Layout[number]][]) {
      const place = this.#slot(at, Number(slot));
      if (place === null) continue;
      const target = place + this.#view.getUint32(place, true);
      if ('table' in leads) this.#table(target, leads.table());
      else this.#items(target, leads.items);
    }
  }

  #items(at: number, items: number | (() => Layout)): void {
    const count = this.#view.getUint32(at, true);
    const first = at + 4;
    if (first + count * (typeof items === 'number' ? items : 4) > this.#view.byteLength)
      throw new RangeError(`a list of ${count} in ${this.#view.byteLength} bytes`);
    if (typeof items === 'number') return;
    for (let i = 0; i < count; i++) {
      const place = first + 4 * i;
      this.#table(place + this.#view.getUint32(place, true), items());
    }
  }

  /** Where a slot of the table at `at` is; null where it is not used. */
  #slot(at: number, slot: number): number | null {
    const slots = at - this.#view.getInt32(at, true);
    const entry = 4 + 2 * slot;
    if (entry >= this.#view.getUint16(slots, true)) return null;
    const offset = this.#view.getUint16(slots + entry, true);
    return offset === 0 ? null : at + offset;
  }
}
