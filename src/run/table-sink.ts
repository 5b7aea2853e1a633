import { join } from 'node:path';
import type { RowTable } from '../experiment/experiment.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../kernel/kernel.ts';
import { readRecord } from '../stats/record.ts';
import { vectorOf } from '../stats/vector.ts';
import type { TallyPosition } from '../sweep/groups.ts';
import type { Plan, SweepPlan } from '../sweep/plan.ts';
import { tallyCentresOf } from '../sweep/tally-centres.ts';
import type { EstimateWriter } from '../tables/estimate-writer.ts';
import type { TableMetadata } from '../tables/metadata.ts';
import type { TableFacts } from '../tables/table-file.ts';
import type { ResultSink } from './coordinator.ts';
import type { Tables } from './manifest.ts';
import type { Round } from './precision-round.ts';
import { FILES } from './run-files.ts';

/** What the tables say of themselves, besides `sweep.json`. */
export function tableMetadata(plan: Plan, precision: Round | null = null): TableMetadata {
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

/** What writes `tallies.arrow`. */
interface TallySink extends Pick<EstimateWriter, 'place' | 'abort'> {
  append(position: TallyPosition, bytes: Uint8Array): void;
  seal(): TableFacts;
}

/** A table of rows and what writes it. */
interface RowTableSink {
  readonly table: RowTable;
  readonly writer: EstimateWriter;
}

/** The tables of a run under temporary names, until `seal` and `place` give them their own. */
export class TableSink implements ResultSink {
  readonly #tallies: TallySink;
  readonly #rows: readonly RowTableSink[];

  private constructor(tallies: TallySink, rows: readonly RowTableSink[]) {
    this.#tallies = tallies;
    this.#rows = rows;
  }

  /**
   * Loads the table writers (apache-arrow is slow to load: meanwhile workers simulate) and begins the files.
   *
   * @param estimates whether there will be rows: a share of the blocks has tallies alone
   * @param precision how it stood when the run stopped for it
   */
  static async open(
    directory: string,
    plan: Plan,
    { estimates = true, precision = null }: { readonly estimates?: boolean; readonly precision?: Round | null } = {},
  ): Promise<TableSink> {
    const metadata = tableMetadata(plan, precision);
    const { EstimateWriter } = await import('../tables/estimate-writer.ts');
    const tallies = await tallySink(join(directory, FILES.tallies), plan, metadata);
    const rows: RowTableSink[] = [];
    try {
      const experiment = experimentOf(plan);
      for (const table of estimates ? experiment.tables : []) {
        const path = join(directory, fileOf(table.name));
        rows.push({ table, writer: new EstimateWriter(path, experiment.labelsOf(plan), metadata, table.columns) });
      }
      return new TableSink(tallies, rows);
    } catch (error) {
      for (const writer of [tallies, ...rows.map((row) => row.writer)]) writer.abort();
      throw error;
    }
  }

  tally(position: TallyPosition, bytes: Uint8Array): void {
    this.#tallies.append(position, bytes);
  }

  rows(values: Float64Array, rows: number, table: number): void {
    this.#rows[table]?.writer.append(values, rows);
  }

  /** Everything is on the disk, under temporary names. */
  seal(): Tables {
    return Object.fromEntries([
      ['tallies', { file: FILES.tallies, ...this.#tallies.seal() }],
      ...this.#rows.map(({ table, writer }) => [table.name, { file: fileOf(table.name), ...writer.seal() }]),
    ]);
  }

  /** Puts the sealed tables in their places. */
  place(): void {
    this.#tallies.place();
    for (const { writer } of this.#rows) writer.place();
  }

  abort(): void {
    this.#tallies.abort();
    for (const { writer } of this.#rows) writer.abort();
  }
}

function fileOf(table: string): string {
  return `${table}.arrow`;
}

async function tallySink(path: string, plan: Plan, metadata: TableMetadata): Promise<TallySink> {
  const { grid } = plan;
  const labels = { shape: grid.series, input: grid.inputs };
  const idOf = (position: TallyPosition) => ({ ...position, fanIn: grid.fanIns[position.fanIn] as number });
  if (plan.spec.experiment === 'layer') {
    const { TallyWriter } = await import('../tables/tally-writer.ts');
    const writer = new TallyWriter(path, labels, metadata);
    const centreOf = tallyCentresOf(plan as SweepPlan);
    return {
      append: (position, bytes) =>
        writer.append(idOf(position), readRecord(bytes.buffer, bytes.byteOffset), centreOf(position)),
      seal: () => writer.seal(),
      place: () => writer.place(),
      abort: () => writer.abort(),
    };
  }
  const { VectorTallyWriter } = await import('../tables/vector-tally-writer.ts');
  const writer = new VectorTallyWriter(path, labels, metadata);
  return {
    append: (position, bytes) => writer.append(idOf(position), vectorOf(bytes)),
    seal: () => writer.seal(),
    place: () => writer.place(),
    abort: () => writer.abort(),
  };
}
