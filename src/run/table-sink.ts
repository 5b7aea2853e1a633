import { join } from 'node:path';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { Tally } from '../stats/tally.ts';
import { labelsOf, type SweepPlan } from '../sweep/plan.ts';
import type { EstimateWriter } from '../tables/estimate-writer.ts';
import type { TableMetadata } from '../tables/metadata.ts';
import type { TallyId } from '../tables/tally-batch.ts';
import type { TallyWriter } from '../tables/tally-writer.ts';
import type { ResultSink } from './coordinator.ts';
import { FILES } from './directory.ts';
import type { TableEntry } from './manifest.ts';

/** What the tables say of themselves, besides `sweep.json`. */
export function tableMetadata(plan: SweepPlan): TableMetadata {
  return { run: plan.spec.name, seed: plan.spec.seed, plan: plan.hash, kernel: KERNEL_VERSION };
}

/** Both tables of a run under temporary names, until `close` puts them in their places. */
export class TableSink implements ResultSink {
  readonly #tallies: TallyWriter;
  readonly #estimates: EstimateWriter;

  private constructor(tallies: TallyWriter, estimates: EstimateWriter) {
    this.#tallies = tallies;
    this.#estimates = estimates;
  }

  /** Loads the table writers (apache-arrow is slow to load: meanwhile workers simulate) and begins both files. */
  static async open(directory: string, plan: SweepPlan): Promise<TableSink> {
    const [{ TallyWriter }, { EstimateWriter }] = await Promise.all([
      import('../tables/tally-writer.ts'),
      import('../tables/estimate-writer.ts'),
    ]);
    const labels = labelsOf(plan);
    const metadata = tableMetadata(plan);
    const tallies = new TallyWriter(join(directory, FILES.tallies), labels, metadata);
    try {
      return new TableSink(tallies, new EstimateWriter(join(directory, FILES.estimates), labels, metadata));
    } catch (error) {
      tallies.abort();
      throw error;
    }
  }

  tally(id: TallyId, tally: Tally): void {
    this.#tallies.append(id, tally);
  }

  rows(values: Float64Array, rows: number): void {
    this.#estimates.append(values, rows);
  }

  close(): Record<string, TableEntry> {
    return {
      tallies: { file: FILES.tallies, ...this.#tallies.close() },
      estimates: { file: FILES.estimates, ...this.#estimates.close() },
    };
  }

  abort(): void {
    this.#tallies.abort();
    this.#estimates.abort();
  }
}
