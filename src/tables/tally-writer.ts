import { RunError } from '../errors.ts';
import type { Tally } from '../stats/tally.ts';
import { BatchedTable } from './batched-table.ts';
import type { TableMetadata } from './metadata.ts';
import { TableWriter } from './table-writer.ts';
import { TallyBatch, type TallyId, type TallyLabels } from './tally-batch.ts';

/** Rows of a batch: fixed, so the bytes don't depend on how rows arrive. Small, because a row holds hundreds of bins. */
const BATCH_ROWS = 256;

/**
 * Writes `tallies.arrow`, one row a tally in the order of the calls. Like `EstimateWriter`: whole or not at all, with the memory
 * of one batch.
 */
export class TallyWriter extends BatchedTable {
  readonly #batch: TallyBatch;
  readonly #labels: TallyLabels;

  /** @throws RunError when the file can't be made, or labels repeat or exceed 32767 */
  constructor(path: string, labels: TallyLabels, metadata: TableMetadata) {
    const batch = new TallyBatch(labels, BATCH_ROWS);
    super(new TableWriter(path, batch.schema(metadata)));
    this.#labels = labels;
    this.#batch = batch;
  }

  /**
   * Adds a copy of one tally.
   *
   * @param centre what was subtracted from z before it was tallied
   * @throws RunError on an id or tally that the columns can't hold, or a failing disk
   */
  append(id: TallyId, tally: Tally, centre: number): void {
    this.table.guard(() => {
      this.#check(id, tally, centre);
      this.#batch.push(id, tally, centre);
      if (this.#batch.rows === BATCH_ROWS) this.#flush();
    });
  }

  protected override finish(): void {
    if (this.#batch.rows > 0 || !this.table.begun) this.#flush();
  }

  #flush(): void {
    this.table.writeBatch(this.#batch.data(), this.#batch.rows);
    this.#batch.clear();
  }

  #check(id: TallyId, tally: Tally, centre: number): void {
    const whole = (name: string, value: number, below: number): void => {
      if (!(value >= 0 && value < below && Number.isInteger(value)))
        refuse(name, String(value), `a whole number from 0 to ${below - 1}`);
    };
    whole('weight_shape', id.shape, this.#labels.shape.length);
    whole('input', id.input, this.#labels.input.length);
    whole('fan_in', id.fanIn, 2 ** 32);
    whole('block', id.block, 2 ** 32);
    whole('count', tally.count, 2 ** 64);
    if (!Number.isFinite(centre)) refuse('centre', String(centre), 'a finite number');
    const atoms = tally.bins.length;
    for (const list of [tally.counts, tally.sums, tally.squares])
      if (list.length !== atoms) refuse('bin', `${atoms} bins with ${list.length} sums`, 'lists of one length');
    if (tally.powers.length !== 4) refuse('sum1', `${tally.powers.length} power sums`, 'four');
  }
}

function refuse(column: string, received: string, allowed: string): never {
  throw new RunError({
    where: `column ${column} of tallies.arrow`,
    received,
    allowed,
    remedy: 'this is a fault of initsweep: please report it',
  });
}
