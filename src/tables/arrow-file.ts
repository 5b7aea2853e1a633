import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { RunDirectoryError } from '../errors.ts';
import type { Schema } from './arrow.ts';
import { DataType, Footer, Message, type RecordBatchMessage } from './arrow.ts';
import { damagedTable, diskReadError, refusePipe } from './disk-error.ts';
import { boundFooter, boundMessage } from './metadata-bounds.ts';

const MAGIC = 'ARROW1';
/** Magic and padding in front; footer length and magic behind. */
const HEAD = 8;
const TAIL = 4 + MAGIC.length;
/** Continuation mark and length in front of a message's flatbuffer. */
const MESSAGE_HEAD = 8;

/** A stretch of the file, in bytes. */
export interface Region {
  readonly offset: number;
  readonly length: number;
}

/** Where the parts of one record batch are: nodes and buffers in the depth-first order of the Arrow format. */
export interface BatchLayout {
  readonly rows: number;
  readonly nodes: readonly { readonly length: number; readonly nullCount: number }[];
  readonly buffers: readonly Region[];
  readonly body: Region;
}

interface Block {
  readonly offset: number;
  readonly metaDataLength: number;
  readonly bodyLength: number;
}

/**
 * Random access to an uncompressed Arrow IPC file by synchronous reads: the footer gives the place of each batch, a batch's
 * message the place of each buffer, so a column is read without the others and memory is bounded by what is asked for.
 */
export class ArrowFile {
  readonly path: string;
  readonly schema: Schema;
  readonly #descriptor: number;
  readonly #end: number;
  readonly #blocks: readonly Block[];
  readonly #dictionaryBlocks: readonly Block[];
  /** Changes when another file takes the place of this one. */
  readonly identity: string;

  /** @throws RunDirectoryError when the file is missing, unreadable or not whole */
  constructor(path: string) {
    this.path = path;
    this.#descriptor = onDisk(path, () => {
      refusePipe(path);
      return openSync(path, 'r');
    });
    try {
      const { size, ino, mtimeMs } = onDisk(path, () => fstatSync(this.#descriptor));
      this.identity = `${ino}:${size}:${mtimeMs}`;
      this.#end = size;
      const { schema, blocks, dictionaryBlocks } = this.#footer(size);
      this.schema = schema;
      this.#blocks = blocks;
      this.#dictionaryBlocks = dictionaryBlocks;
      this.#requireApart([...this.#dictionaryBlocks, ...this.#blocks]);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Of a file that was only read, nothing can be lost.
    }
  }

  get batches(): number {
    return this.#blocks.length;
  }

  batch(index: number): BatchLayout {
    const block = this.#blocks[index];
    if (block === undefined) throw new RangeError(`batch ${index} of ${this.batches}`);
    return this.#decoded(() => {
      const message = this.#message(block);
      if (!message.isRecordBatch()) throw damagedTable(this.path, 'a message that is no batch of rows');
      return this.#layout(block, message.header());
    });
  }

  /** The values of each dictionary, by its id. */
  dictionaries(): Map<number, readonly string[]> {
    const entries = this.#dictionaryBlocks.map((block) =>
      this.#decoded((): [number, readonly string[]] => {
        const message = this.#message(block);
        if (!message.isDictionaryBatch()) throw damagedTable(this.path, 'a message that is no dictionary');
        const { id, data, isDelta } = message.header();
        if (isDelta) throw damagedTable(this.path, 'a dictionary in pieces');
        return [id, this.#strings(this.#layout(block, data))];
      }),
    );
    const read = new Map(entries);
    const { dictionaries: wanted } = this.schema;
    // Without rows there may be none.
    const all = this.batches === 0 || read.size === wanted.size;
    const strings = [...wanted.values()].every((type) => DataType.isUtf8(type));
    if (!all || !strings || read.size < entries.length || ![...read.keys()].every((id) => wanted.has(id)))
      throw damagedTable(this.path, 'dictionaries that are not those of its columns');
    return read;
  }

  /** The bytes of `region` in a buffer of their own, so views of any type align. */
  read({ offset, length }: Region): Uint8Array<ArrayBuffer> {
    if (offset < 0 || length < 0 || offset + length > this.#end) throw damagedTable(this.path, 'a part beyond its end');
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = onDisk(this.path, () => readSync(this.#descriptor, bytes, done, length - done, offset + done));
      if (got === 0) throw damagedTable(this.path, 'an early end');
      done += got;
    }
    return bytes;
  }

  #footer(size: number): { schema: Schema; blocks: readonly Block[]; dictionaryBlocks: readonly Block[] } {
    if (size < HEAD + TAIL) throw damagedTable(this.path, `${size} bytes`);
    const tail = Buffer.from(this.read({ offset: size - TAIL, length: TAIL }).buffer);
    const head = Buffer.from(this.read({ offset: 0, length: HEAD }).buffer);
    if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damagedTable(this.path, 'no Arrow file');
    if (tail.toString('latin1', 4) !== MAGIC) throw damagedTable(this.path, 'a file without an end');
    const length = tail.readInt32LE(0);
    return this.#decoded(() => {
      const bytes = this.read({ offset: size - TAIL - length, length });
      boundFooter(bytes);
      const footer = Footer.decode(bytes);
      return {
        schema: footer.schema,
        blocks: [...footer.recordBatches()],
        dictionaryBlocks: [...footer.dictionaryBatches()],
      };
    });
  }

  /** Messages follow each other: what is read of a file is never more than the file. */
  #requireApart(blocks: readonly Block[]): void {
    let end = HEAD;
    for (const { offset, metaDataLength, bodyLength } of blocks.toSorted((a, b) => a.offset - b.offset)) {
      if (offset < end || metaDataLength < MESSAGE_HEAD || bodyLength < 0)
        throw damagedTable(this.path, 'parts that overlap');
      end = offset + metaDataLength + bodyLength;
    }
    if (end > this.#end - TAIL) throw damagedTable(this.path, 'a part beyond its end');
  }

  #message(block: Block): Message {
    const bytes = this.read({ offset: block.offset, length: block.metaDataLength });
    const head = new DataView(bytes.buffer, 0, MESSAGE_HEAD);
    const length = head.getInt32(4, true);
    if (head.getInt32(0, true) !== -1 || length < 0 || length > bytes.length - MESSAGE_HEAD)
      throw damagedTable(this.path, 'no message where one should be');
    const flatbuffer = bytes.subarray(MESSAGE_HEAD, MESSAGE_HEAD + length);
    boundMessage(flatbuffer);
    return Message.decode(flatbuffer);
  }

  #layout(block: Block, batch: RecordBatchMessage): BatchLayout {
    if (batch.compression != null) throw damagedTable(this.path, 'compressed buffers');
    const { length: rows, nodes, buffers } = batch;
    const inside = ({ offset, length }: Region) => offset >= 0 && length >= 0 && offset + length <= block.bodyLength;
    // A row takes a byte at least.
    if (rows < 0 || rows > block.bodyLength || !buffers.every(inside))
      throw damagedTable(this.path, `a batch of ${rows} rows in ${block.bodyLength} bytes`);
    const start = block.offset + block.metaDataLength;
    return {
      rows,
      nodes,
      buffers: buffers.map(({ offset, length }) => ({ offset: start + offset, length })),
      body: { offset: start, length: block.bodyLength },
    };
  }

  #strings({ rows, buffers }: BatchLayout): readonly string[] {
    const [, offsets, values] = buffers;
    if (rows === 0) return [];
    if (offsets === undefined || values === undefined) throw damagedTable(this.path, 'a dictionary without strings');
    const ends = new Int32Array(this.read({ ...offsets, length: 4 * (rows + 1) }).buffer);
    const text = Buffer.from(this.read(values).buffer);
    if (!ascending(ends, text.length)) throw damagedTable(this.path, 'a dictionary whose strings overlap');
    return Array.from({ length: rows }, (_, i) => text.toString('utf8', ends[i], ends[i + 1]));
  }

  /** Runs a decoder, which fails on damaged bytes in any way it likes. */
  #decoded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof RunDirectoryError ? error : damagedTable(this.path, 'damaged bytes', error);
    }
  }
}

/** Whether the offsets of strings or lists, of which there is one at least, rise from 0 or more to `last` or less. */
export function ascending(ends: Int32Array, last: number): boolean {
  return (
    (ends[0] as number) >= 0 &&
    (ends.at(-1) as number) <= last &&
    ends.every((end, i) => i === 0 || end >= (ends[i - 1] as number))
  );
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskReadError(error, path);
  }
}
