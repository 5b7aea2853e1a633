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
import type { Tables } from './manifest.ts';
import type { Round } from './precision-round.ts';

/** What the tables say of themselves, besides `sweep.json`. */
export function tableMetadata(plan: SweepPlan, precision: Round | null = null): TableMetadata {
  const { name, seed } = plan.spec;
  return {
    run: name,
    seed: typeof seed === 'string' ? seed : JSON.stringify(seed.map((share) => share.seed)),
    plan: plan.hash,
    draws: plan.draws,
    kernel: KERNEL_VERSION,
    ...(precision && { precision: precision.decision === 'reached' ? 'reached' : 'not reached' }),
  };
}

/** The tables of a run under temporary names, until `seal` and `place` give them their own. */
export class TableSink implements ResultSink {
  readonly #tallies: TallyWriter;
  readonly #estimates: EstimateWriter | null;

  private constructor(tallies: TallyWriter, estimates: EstimateWriter | null) {
    this.#tallies = tallies;
    this.#estimates = estimates;
  }

  /**
   * Loads the table writers (apache-arrow is slow to load: meanwhile workers simulate) and begins the files.
   *
   * @param estimates whether there will be rows: a share of the blocks has tallies alone
   * @param precision how it stood when the run stopped for it
   */
  static async open(
    directory: string,
    plan: SweepPlan,
    { estimates = true, precision = null }: { readonly estimates?: boolean; readonly precision?: Round | null } = {},
  ): Promise<TableSink> {
    const [{ TallyWriter }, { EstimateWriter }] = await Promise.all([
      import('../tables/tally-writer.ts'),
      import('../tables/estimate-writer.ts'),
    ]);
    const labels = labelsOf(plan);
    const metadata = tableMetadata(plan, precision);
    const tallies = new TallyWriter(join(directory, FILES.tallies), labels, metadata);
    try {
      const rows = estimates ? new EstimateWriter(join(directory, FILES.estimates), labels, metadata) : null;
      return new TableSink(tallies, rows);
    } catch (error) {
      tallies.abort();
      throw error;
    }
  }

  tally(id: TallyId, tally: Tally): void {
    this.#tallies.append(id, tally);
  }

  rows(values: Float64Array, rows: number): void {
    this.#estimates?.append(values, rows);
  }

  /** Everything is on the disk, under temporary names. */
  seal(): Tables {
    const tallies = { file: FILES.tallies, ...this.#tallies.seal() };
    if (this.#estimates === null) return { tallies };
    return { tallies, estimates: { file: FILES.estimates, ...this.#estimates.seal() } };
  }

  /** Puts the sealed tables in their places. */
  place(): void {
    this.#tallies.place();
    this.#estimates?.place();
  }

  abort(): void {
    this.#tallies.abort();
    this.#estimates?.abort();
  }
}
