import { closeSync, openSync, readSync } from 'node:fs';
import { decodeEntry, ENTRY_HEAD, entryBytes, LONGEST_ENTRY, type TallyEntry } from '../sweep/tally-entry.ts';
import { onJournal } from './journal-folder.ts';
import { entryOwner, segmentHeader } from './journal-format.ts';

/**
 * Reads a segment of the journal entry by entry, with one buffer. What is torn or damaged is not there; only what the disk refuses
 * is a RunDirectoryError.
 */
export class SegmentReader {
  readonly #path: string;
  readonly #header: Buffer;
  readonly #owner: number;
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafeSlow(LONGEST_ENTRY);

  constructor(path: string, draws: string) {
    this.#path = path;
    this.#header = segmentHeader(draws);
    this.#owner = entryOwner(draws);
    this.#descriptor = onJournal(path, () => openSync(path, 'r'));
  }

  /** Where the first entry begins; null when the segment holds no tallies of the draws. */
  start(): number | null {
    const header = this.#header;
    const found = this.#fill(0, header.length, 0) && header.equals(this.#buffer.subarray(0, header.length));
    return found ? header.length : null;
  }

  /** The entry at byte `offset`, valid until the next call, and where the next one begins. Null when none is whole there. */
  entry(offset: number): (TallyEntry & { readonly end: number }) | null {
    if (!this.#fill(0, ENTRY_HEAD, offset)) return null;
    const bytes = entryBytes(this.#buffer);
    if (bytes === null || !this.#fill(ENTRY_HEAD, bytes, offset)) return null;
    const entry = decodeEntry(this.#buffer.subarray(0, bytes), this.#owner);
    return entry && { ...entry, end: offset + bytes };
  }

  close(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Of a file that was only read, nothing can be lost.
    }
  }

  /** Fills bytes [from, to) of the buffer with the file's from `offset + from` on. False when the file ends before. */
  #fill(from: number, to: number, offset: number): boolean {
    for (let at = from; at < to; ) {
      const got = onJournal(this.#path, () => readSync(this.#descriptor, this.#buffer, at, to - at, offset + at));
      if (got === 0) return false;
      at += got;
    }
    return true;
  }
}
