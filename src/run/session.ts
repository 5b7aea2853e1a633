import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Executor } from '../execute/executor.ts';
import type { Datasets } from '../model/spec.ts';
import type { Range } from '../sweep/groups.ts';
import type { Plan, SweepPlan } from '../sweep/plan.ts';
import { blocksOf, type Shard } from '../sweep/shard.ts';
import { coordinate, type ResultSink } from './coordinator.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { removeJournal } from './journal-folder.ts';
import { JournalTallies } from './journal-tallies.ts';
import type { KnownTallies } from './known-tallies.ts';
import { type Manifest, manifestIn, type Tables } from './manifest.ts';
import { ManifestKeeper } from './manifest-keeper.ts';
import { ownTable } from './own-table.ts';
import { Criterion } from './precision.ts';
import type { Round } from './precision-round.ts';
import type { OnProgress } from './progress.ts';
import { FILES } from './run-files.ts';
import type { RunOptions } from './run-options.ts';
import { TableSink } from './table-sink.ts';
import { WholeProgress } from './whole-progress.ts';

/** Share of a run with a precision that is over when its tables are begun: a guess, as rows are derived once more for them. */
const ROUNDS_SHARE = 0.9;

const NO_TABLES: ResultSink = { tally: () => {}, rows: () => {} };

export interface SessionOptions extends RunOptions {
  readonly shard: Shard | null;
  /** Whether the directory is still ours: if not, nothing is written into it any more. */
  readonly held: () => boolean;
}

/** One go at a run, in a directory that is locked and begun: from what is known already to tables in their places. */
export class Session {
  readonly #plan: Plan;
  readonly #datasets: Datasets;
  readonly #options: SessionOptions;
  readonly #previous: Manifest | null;
  readonly #keeper: ManifestKeeper;
  readonly #journal: Journal;
  /** Of the pass over the blocks that is under way, or was the last. */
  #faults: Faults;
  readonly #whole = new WholeProgress();
  /** The blocks to fill. */
  #range: Range;
  /** Tallies that earlier sessions left; null until they were counted. */
  #found: number | null = null;
  #executor: Executor | undefined;
  #isDone = false;
  #sink: TableSink | undefined;

  constructor(plan: Plan, datasets: Datasets, options: SessionOptions) {
    const { directory, threads, shard, origins = [], journalInterval } = options;
    const path = join(directory, FILES.manifest);
    this.#plan = plan;
    this.#datasets = datasets;
    this.#options = options;
    this.#range = blocksOf(plan, shard);
    this.#previous = manifestIn(path);
    this.#keeper = new ManifestKeeper(path, {
      plan,
      shard,
      blocks: this.#range,
      threads,
      origins,
      previous: this.#previous,
    });
    this.#journal = new Journal(directory, plan.draws, { interval: journalInterval });
    this.#faults = this.#newFaults();
  }

  /** @param guard throws when the directory is no longer ours */
  async run(onProgress: OnProgress, guard: () => void): Promise<Manifest> {
    const { directory, signal, open, threads } = this.#options;
    try {
      this.#executor = await open(this.#plan, this.#datasets, threads, signal);
      // A signal that came while the executor was made found nothing to close.
      signal?.throwIfAborted();
      const precision = await this.#workForPrecision(this.#executor, onProgress, guard);
      const tables = await this.#fill(this.#executor, precision, onProgress);
      signal?.throwIfAborted();
      guard();
      this.#keeper.commit(tables);
      this.#sink?.place();
      // The tables hold what the journal holds; it goes first, as nobody looks for one beside a finished run.
      await this.#journal.discard();
      removeJournal(directory);
      this.#isDone = true;
      return this.#keeper.finish(tables, this.#faults.failed);
    } catch (error) {
      await this.#fail(error);
      throw error;
    } finally {
      await this.stop();
    }
  }

  /** Ends the tasks: what they have finished is kept. */
  async stop(): Promise<void> {
    await this.#executor?.close(this.#isDone);
  }

  /** What can be done before the process ends at once. Never throws. */
  abandon(): void {
    // What is left then is to take leave of a queue.
    if (this.#isDone) return;
    this.#sink?.abort();
    if (this.#isLost()) return;
    try {
      this.#keeper.end(null);
    } catch {
      // Then `status` calls it interrupted, once the process is gone.
    }
  }

  /**
   * Adds blocks, round after round, until the cells that the config names are precise enough, or there may be no more. Every round
   * is decided anew from the tallies, those of earlier sessions too, so a crash can't move the point where a run stops.
   *
   * @returns the last round; null without a precision
   */
  async #workForPrecision(executor: Executor, onProgress: OnProgress, guard: () => void): Promise<Round | null> {
    const { precision } = this.#plan.spec;
    if (precision === null) return null;
    const criterion = new Criterion(this.#plan as SweepPlan, precision);
    for (let blocks = criterion.blocks; blocks !== null; blocks = criterion.blocks) {
      this.#range = [0, blocks];
      guard();
      this.#keeper.round({ blocks: this.#range });
      this.#whole.begin(0, (ROUNDS_SHARE * blocks) / Math.max(blocks, criterion.expectedBlocks));
      await this.#coordinate(
        executor,
        { ...NO_TABLES, rows: (values, rows) => criterion.rows(values, rows) },
        onProgress,
      );
      // Blocks that failed would have a say in when to stop: the tables show what there is, and the next session decides.
      if (this.#faults.failed.length > 0) return null;
      const round = criterion.end();
      // The next round, and the tables, read from the journal what this one has simulated.
      await this.#journal.flush();
      guard();
      this.#keeper.round({ precision: round });
      this.#options.onRound?.(round, precision);
      if (round.decision !== 'continue') return round;
    }
    return null;
  }

  /** Simulates what is not known of the blocks, and writes the tables of all of them under temporary names. */
  async #fill(executor: Executor, precision: Round | null, onProgress: OnProgress): Promise<Tables> {
    const { directory, shard } = this.#options;
    this.#whole.begin(this.#plan.spec.precision === null ? 0 : ROUNDS_SHARE, 1);
    const open = async () => {
      this.#sink = await TableSink.open(directory, this.#plan, { estimates: shard === null, precision });
      return this.#sink;
    };
    await this.#coordinate(executor, open, onProgress);
    return (this.#sink as TableSink).seal();
  }

  async #coordinate(
    executor: Executor,
    sink: ResultSink | (() => Promise<ResultSink>),
    onProgress: OnProgress,
  ): Promise<void> {
    this.#faults = this.#newFaults();
    const known = await this.#known();
    try {
      await coordinate({
        plan: this.#plan,
        executor,
        open: typeof sink === 'function' ? sink : async () => sink,
        blocks: this.#range,
        estimates: this.#options.shard === null,
        known,
        log: this.#journal,
        faults: this.#faults,
        onProgress: (pass) => {
          const progress = this.#whole.of(pass);
          // What a round of this session left for the next one was not found.
          const found = this.#options.known === undefined ? (this.#found ?? 0) : Number.POSITIVE_INFINITY;
          const { tallies } = progress;
          // First whoever looks whether the directory is still ours.
          onProgress(progress);
          this.#keeper.progress({ ...progress, tallies: { ...tallies, found: Math.min(tallies.found, found) } });
        },
      });
    } finally {
      for (const source of known) source.close();
    }
  }

  #newFaults(): Faults {
    return new Faults(this.#options.mostFailures, this.#previous?.failures);
  }

  /** The run's own tallies so far, and those of other runs. */
  async #known(): Promise<readonly KnownTallies[]> {
    const { directory, known, onFound, onNote, signal } = this.#options;
    const table = await ownTable(directory, this.#plan, this.#previous, signal);
    if (table !== null && this.#found === null) {
      // First the journal: once the manifest no longer says that the table replaces it, it is this session's.
      if (table.placed) removeJournal(directory);
      this.#keeper.holds(table.entry);
    }
    const journal = await JournalTallies.open(directory, this.#plan.draws, signal);
    if (this.#found === null) {
      this.#found = (table?.count ?? 0) + journal.count;
      if (this.#found > 0) onFound?.(this.#found);
      if (table === null && existsSync(join(directory, FILES.tallies)))
        onNote?.(`${FILES.tallies} is not what the manifest names: what it held is simulated again`);
    }
    return [...(table === null ? [] : [table.tallies]), journal, ...(known?.(this.#plan) ?? [])];
  }

  /** Whether the directory is another's by now; where the disk does not say, it is not. */
  #isLost(): boolean {
    try {
      return !this.#options.held();
    } catch {
      return false;
    }
  }

  /** Whatever ends a run before its time: the temporary tables go, the journal stays, the manifest says why. */
  async #fail(error: unknown): Promise<void> {
    const stopped = this.#options.signal?.aborted === true;
    // Tasks that still run write to memory that the journal reads from.
    await this.stop();
    this.#sink?.abort();
    if (this.#isLost()) return this.#journal.discard();
    // The disk that fails now may be what failed before: the first error says more. Without the tables it may have room again.
    await this.#journal.close().catch(() => {});
    try {
      this.#keeper.end(stopped ? null : messageOf(error), this.#faults.failed);
    } catch {}
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
