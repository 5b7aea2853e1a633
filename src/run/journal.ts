import type { FileHandle } from 'node:fs/promises';
import { encodeOwnedEntry, type TallyEntry } from '../sweep/tally-entry.ts';
import { diskWriteError } from '../tables/disk-error.ts';
import { createSegment, journalFolder } from './journal-folder.ts';
import { entryOwner, segmentHeader } from './journal-format.ts';

/** Milliseconds that a tally waits for others before all of them are written and synced. */
const INTERVAL = 3000;

/** Entries written at once: two views each, and 1024 is what writev takes in one call of the system. */
const ENTRIES_A_WRITE = 512;

export interface JournalOptions {
  /** Milliseconds between noting a tally and writing it; how much work a crash costs, but for the time of the write itself. */
  readonly interval?: number | undefined;
}

/**
 * Makes tallies durable while a run goes on. What is noted waits as views of the caller's memory, so noting costs nothing and a
 * short run never touches the disk; writes follow one another off this thread.
 *
 * Each session writes a segment of its own: behind a tail that a crash tore, nothing is ever written. So the first error is
 * the last as well: from then on every call but `discard` fails with it.
 */
export class Journal {
  readonly #directory: string;
  readonly #draws: string;
  readonly #interval: number;
  #noted: TallyEntry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #segment: FileHandle | undefined;
  /** Settles when all writes begun so far have ended. */
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;

  /**
   * @param directory the run's; its journal folder is made with the first write
   * @param draws what the tallies depend on, as 64 hexadecimal digits
   */
  constructor(directory: string, draws: string, { interval = INTERVAL }: JournalOptions = {}) {
    this.#directory = directory;
    this.#draws = draws;
    this.#interval = interval;
  }

  /**
   * Notes tallies. Their bytes must stay as they are until a `flush` begun later resolves.
   * @throws RunError when an earlier write failed
   */
  add(tallies: readonly TallyEntry[]): void {
    if (this.#failure !== undefined) throw this.#failure;
    for (const tally of tallies) this.#noted.push(tally);
    // What fails here, the next call throws.
    if (this.#noted.length > 0) this.#timer ??= setTimeout(() => this.flush().catch(() => {}), this.#interval).unref();
  }

  /** Writes and syncs everything noted so far. @throws RunError when the disk fails, or failed before */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#written = this.#written.then(() => this.#write());
    this.#written.catch((error) => {
      this.#failure = error;
    });
    return this.#written;
  }

  /** As `flush`, then closes the segment, also when that fails. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#closeSegment();
    }
  }

  /** Closes the segment and forgets what is not in it: for a run that no longer needs its journal. Never throws. */
  async discard(): Promise<void> {
    this.#noted = [];
    await this.close().catch(() => {});
  }

  async #write(): Promise<void> {
    const entries = this.#noted;
    if (entries.length === 0) return;
    this.#noted = [];
    try {
      const segment = this.#segment ?? (await this.#begin());
      const owner = entryOwner(this.#draws);
      const encoded = (some: readonly TallyEntry[]) => some.flatMap((entry) => encodeOwnedEntry(owner, entry));
      for (let from = 0; from < entries.length; from += ENTRIES_A_WRITE)
        await writeAll(segment, encoded(entries.slice(from, from + ENTRIES_A_WRITE)));
      await segment.datasync();
    } catch (error) {
      throw diskWriteError(error, journalFolder(this.#directory));
    }
  }

  async #begin(): Promise<FileHandle> {
    const segment = await createSegment(this.#directory);
    this.#segment = segment;
    await writeAll(segment, [segmentHeader(this.#draws)]);
    return segment;
  }

  async #closeSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    // Everything was synced: a close that fails takes nothing away.
    await segment?.close().catch(() => {});
  }
}

async function writeAll(file: FileHandle, views: readonly Uint8Array[]): Promise<void> {
  const { bytesWritten } = await file.writev(views);
  const bytes = views.reduce((sum, view) => sum + view.byteLength, 0);
  // A full disk shows itself by a short write first; going on meets the error.
  if (bytesWritten < bytes) await file.writeFile(Buffer.concat(views).subarray(bytesWritten));
}
