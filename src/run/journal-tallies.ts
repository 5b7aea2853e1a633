import { setImmediate as turn } from 'node:timers/promises';
import { StoppedError } from '../errors.ts';
import type { Group, TallyPosition } from '../sweep/groups.ts';
import { segmentsOf } from './journal-folder.ts';
import { JournalIndex } from './journal-index.ts';
import type { KnownTallies } from './known-tallies.ts';
import { SegmentReader } from './segment-reader.ts';

/** Tallies between two turns of the event loop, so that signals and progress get through. */
const TALLIES_A_TURN = 256;

/** The tallies that earlier sessions of a run wrote to its journal. */
export class JournalTallies implements KnownTallies {
  readonly #draws: string;
  readonly #segments: readonly string[];
  readonly #index: JournalIndex;
  #closed = false;

  private constructor(draws: string, segments: readonly string[], index: JournalIndex) {
    this.#draws = draws;
    this.#segments = segments;
    this.#index = index;
  }

  /**
   * Takes each segment as far as it is whole: a torn or damaged tail is dropped. Segments of other draws, and files that are none,
   * are passed over.
   *
   * @param directory the run's
   * @param signal ends the reading
   * @throws RunDirectoryError when the disk refuses to read a file, the signal's reason when it fires
   */
  static async open(directory: string, draws: string, signal?: AbortSignal): Promise<JournalTallies> {
    const segments = segmentsOf(directory);
    const index = new JournalIndex();
    for (const [segment, path] of segments.entries()) await scan(path, segment, draws, index, signal);
    index.seal();
    return new JournalTallies(draws, segments, index);
  }

  /** Different tallies. Positions are what was written: whether a plan has them, its owner sees. */
  get count(): number {
    return this.#index.count;
  }

  /**
   * Each tally once, in the order of the disk; one that was damaged since `open` is left out.
   * @throws RunDirectoryError as `open`, StoppedError once closed
   */
  async load(group: Group, publish: (position: TallyPosition, record: Uint8Array) => void): Promise<void> {
    let current: { readonly segment: number; readonly reader: SegmentReader } | undefined;
    let tallies = 0;
    try {
      for (const { segment, offset } of this.#index.of(group)) {
        if (tallies++ % TALLIES_A_TURN === 0) await turn();
        if (this.#closed) throw new StoppedError('stopped before the journal was read');
        if (current?.segment !== segment) {
          current?.reader.close();
          current = { segment, reader: new SegmentReader(this.#segments[segment] as string, this.#draws) };
        }
        const entry = current.reader.entry(offset);
        if (entry !== null) publish(entry.position, entry.record);
      }
    } finally {
      current?.reader.close();
    }
  }

  /** Ends a `load` under way. */
  close(): void {
    this.#closed = true;
  }
}

/** Adds what is whole in a segment to the index. */
async function scan(
  path: string,
  segment: number,
  draws: string,
  index: JournalIndex,
  signal: AbortSignal | undefined,
): Promise<void> {
  const reader = new SegmentReader(path, draws);
  try {
    const start = reader.start();
    if (start === null) return;
    let offset = start;
    for (let tallies = 1; ; tallies++) {
      const entry = reader.entry(offset);
      if (entry === null) return;
      index.add(entry.position, segment, offset);
      offset = entry.end;
      if (tallies % TALLIES_A_TURN > 0) continue;
      await turn();
      signal?.throwIfAborted();
    }
  } finally {
    reader.close();
  }
}
