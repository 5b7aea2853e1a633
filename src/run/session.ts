import { join } from 'node:path';
import type { Executor } from '../execute/executor.ts';
import type { Datasets } from '../model/spec.ts';
import type { Range } from '../sweep/groups.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import { blocksOf, type Shard } from '../sweep/shard.ts';
import { coordinate } from './coordinator.ts';
import { FILES } from './directory.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { removeJournal } from './journal-folder.ts';
import { JournalTallies } from './journal-tallies.ts';
import type { KnownTallies } from './known-tallies.ts';
import { type Manifest, ManifestKeeper, manifestIn } from './manifest.ts';
import { ownTable } from './own-table.ts';
import type { OnProgress } from './progress.ts';
import type { RunOptions } from './run-options.ts';
import { TableSink } from './table-sink.ts';

/** One go at a run, in a directory that is locked and begun: from what is known already to tables in their places. */
export class Session {
  readonly #plan: SweepPlan;
  readonly #datasets: Datasets;
  readonly #options: RunOptions & { readonly shard: Shard | null };
  readonly #previous: Manifest | null;
  readonly #keeper: ManifestKeeper;
  readonly #journal: Journal;
  readonly #faults: Faults;
  readonly #range: Range;
  #executor: Executor | undefined;
  #sink: TableSink | undefined;

  constructor(plan: SweepPlan, datasets: Datasets, options: RunOptions & { readonly shard: Shard | null }) {
    const { directory, threads, shard, origins = [], journalInterval } = options;
    const { mostFailures = Number.POSITIVE_INFINITY } = options;
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
    this.#journal = new Journal(
      directory,
      plan.draws,
      journalInterval === undefined ? {} : { interval: journalInterval },
    );
    this.#faults = new Faults(mostFailures);
  }

  async run(onProgress: OnProgress): Promise<Manifest> {
    const { directory, signal, open, threads } = this.#options;
    try {
      this.#executor = await open(this.#plan, this.#datasets, threads);
      // A signal that came while the executor was made found nothing to close.
      signal?.throwIfAborted();
      const sink = await this.#fill(this.#executor, this.#range, onProgress);
      signal?.throwIfAborted();
      const tables = sink.seal();
      this.#keeper.commit(tables);
      sink.place();
      // The tables hold what the journal holds; it goes first, as nobody looks for one beside a finished run.
      await this.#journal.discard();
      removeJournal(directory);
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
    await this.#executor?.close();
  }

  /** What can be done before the process ends at once. Never throws. */
  abandon(): void {
    this.#sink?.abort();
    try {
      this.#keeper.end(null);
    } catch {
      // Then `status` calls it interrupted, once the process is gone.
    }
  }

  /** Simulates what is not known of these blocks, and writes the tables of all of them. */
  async #fill(executor: Executor, blocks: Range, onProgress: OnProgress): Promise<TableSink> {
    const { directory, shard } = this.#options;
    const estimates = shard === null;
    const known = await this.#known(blocks);
    try {
      await coordinate({
        plan: this.#plan,
        executor,
        open: async () => {
          this.#sink = await TableSink.open(directory, this.#plan, estimates);
          return this.#sink;
        },
        blocks,
        estimates,
        known,
        log: this.#journal,
        faults: this.#faults,
        onProgress: (progress) => {
          this.#keeper.progress(progress);
          onProgress(progress);
        },
      });
    } finally {
      for (const source of known) source.close();
    }
    return this.#sink as TableSink;
  }

  /** The run's own tallies of earlier sessions, and those of other runs. */
  async #known(blocks: Range): Promise<readonly KnownTallies[]> {
    const { directory, known, onFound } = this.#options;
    const table = await ownTable(directory, this.#plan, this.#previous);
    if (table !== null) this.#keeper.holds(table.entry);
    const journal = await JournalTallies.open(directory, this.#plan.draws);
    const found = (table?.count ?? 0) + journal.count;
    if (found > 0) onFound?.(found, blocks[1] - blocks[0]);
    return [...(table === null ? [] : [table.tallies]), journal, ...(known?.(this.#plan) ?? [])];
  }

  /** Whatever ends a run before its time: the temporary tables go, the journal stays, the manifest says why. */
  async #fail(error: unknown): Promise<void> {
    const stopped = this.#options.signal?.aborted === true;
    // Tasks that still run write to memory that the journal reads from.
    await this.stop();
    this.#sink?.abort();
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
