import type { PrecisionSpec } from '../model/spec.ts';
import { CELL_COLUMNS, columnIndex, ESTIMATE_COLUMNS } from '../stats/columns.ts';
import type { Note } from '../stats/guards.ts';
import { NOTES } from '../stats/statistics.ts';
import { boundaries } from '../sweep/boundaries.ts';
import { cellCount, labelsOf, type SweepPlan } from '../sweep/plan.ts';
import { zMoments } from '../theory/moments.ts';
import type { LimitingCell, Round } from './precision-round.ts';

type Axis = keyof typeof CELL_COLUMNS;

/** Single precision: a sample that does not vary agrees with its theory to this share of it. */
const AGREEMENT = 1e-6;

/** What the rows of one round came to. */
interface Count extends Pick<Round, 'cells' | 'steering' | 'blocked' | 'unjudged' | 'constant' | 'holding'> {
  limiting: LimitingCell | null;
  /** Ratio of the limiting cell, Infinity where it has none. */
  worst: number;
}
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const none = (): Mutable<Count> => ({
  cells: 0,
  steering: 0,
  blocked: 0,
  unjudged: 0,
  constant: 0,
  holding: 0,
  limiting: null,
  worst: -1,
});

/** One row of a batch: reads a column, null where it is. */
type Read = (column: number) => number | null;

/**
 * Decides, boundary after boundary, whether a sweep is as precise as its config asks (docs/decisions/010-precision.md): the target must hold in all
 * named cells that may steer, at two boundaries in a row. Only estimates go into it, so that the same sweep stops at the same
 * boundary for any number of threads, and after any crash.
 *
 * For each boundary: `rows` with all rows of the table, then `end`.
 */
export class Criterion {
  readonly #plan: SweepPlan;
  readonly #precision: PrecisionSpec;
  readonly #boundaries: readonly number[];
  readonly #columns: { readonly value: number; readonly mcse: number; readonly note: number; readonly theory: number };
  readonly #named: readonly (readonly [column: number, levels: ReadonlySet<number>])[];
  readonly #still = new Map<string, boolean>();
  /** The round at which each named cell last steered, from 1. */
  readonly #steered: Uint8Array;
  /** Steering cells that did not steer at the boundary before. */
  #newcomers = 0;
  #before: Round | null = null;
  #count = none();

  /**
   * @param plan of the sweep as configured: its blocks are those of the first boundary
   */
  constructor(plan: SweepPlan, precision: PrecisionSpec) {
    this.#plan = plan;
    this.#precision = precision;
    this.#boundaries = boundaries({ ...plan.spec, precision });
    this.#steered = new Uint8Array(cellCount(plan));
    const { statistic, cells } = precision;
    const at = (suffix: string) => ESTIMATE_COLUMNS.findIndex(({ name }) => name === `${statistic}${suffix}`);
    this.#columns = { value: columnIndex(statistic), mcse: at('_mcse'), note: at('_note'), theory: at('_theory') };
    const labels = labelsOf(plan);
    const positions = (all: readonly string[], named: readonly string[] | null): readonly number[] | null =>
      named?.map((label) => all.indexOf(label)) ?? null;
    const levels: Record<Axis, readonly number[] | null> = {
      initializer: positions(labels.initializer, cells.initializers),
      input: positions(labels.input, cells.inputs),
      activation: positions(labels.activation, cells.activations),
      fanIn: cells.fanIn,
      fanOut: cells.fanOut,
      beta: cells.beta,
    };
    this.#named = (Object.keys(levels) as Axis[]).flatMap((axis) => {
      const named = levels[axis];
      return named === null ? [] : [[CELL_COLUMNS[axis], new Set(named)] as const];
    });
  }

  /** Blocks at the boundary whose rows are awaited; null after the last. */
  get blocks(): number | null {
    if (this.#before !== null && this.#before.decision !== 'continue') return null;
    return this.#boundaries[this.#index] ?? null;
  }

  /** Blocks at the boundary where the run is likely to stop: as few as may be, before anything is known. */
  get expectedBlocks(): number {
    const last = this.#boundaries.at(-1) as number;
    return this.#before === null ? (this.#boundaries[1] ?? last) : (this.#before.predictedBlocks ?? last);
  }

  get #index(): number {
    return this.#before === null ? 0 : this.#boundaries.indexOf(this.#before.blocks) + 1;
  }

  /** Takes rows of the awaited boundary, in row order: column-major over ESTIMATE_COLUMNS, NaN for null. */
  rows(values: Float64Array, rows: number): void {
    let row = 0;
    const read: Read = (column) => {
      const value = values[column * rows + row] as number;
      return Number.isNaN(value) ? null : value;
    };
    for (; row < rows; row++)
      if (this.#named.every(([column, levels]) => levels.has(values[column * rows + row] as number))) this.#add(read);
  }

  /** Ends the round. @throws Error when there is none */
  end(): Round {
    const { blocks } = this;
    if (blocks === null) throw new Error('the last boundary is past');
    const { worst, ...count } = this.#count;
    const { steering, holding, blocked } = count;
    const index = this.#index;
    const samples = blocks * this.#plan.blockSamples;
    const held = steering > 0 && holding === steering && blocked === 0;
    // Cells that have come to steer only now (a tail that more samples tamed) hold for the first time.
    const twice = held && this.#before?.held === true && this.#newcomers === 0;
    const reached = twice && samples >= this.#precision.minSamples;
    const first = twice ? index - 1 : held ? index : this.#firstFrom(index + 1, blocks * worst * worst);
    const next = this.#firstFrom(Math.max(first, index) + 1, this.#precision.minSamples / this.#plan.blockSamples);
    const round: Round = {
      blocks,
      samples,
      ...count,
      held,
      predictedSamples: steering + blocked > 0 && worst < Infinity ? Math.ceil(samples * worst * worst) : null,
      predictedBlocks: reached ? blocks : steering > 0 ? (this.#boundaries[next] ?? null) : null,
      decision: reached ? 'reached' : index === this.#boundaries.length - 1 ? 'exhausted' : 'continue',
    };
    this.#before = round;
    this.#count = none();
    this.#newcomers = 0;
    return round;
  }

  /** Index of the first boundary from `index` on with so many blocks; the number of boundaries if there is none. */
  #firstFrom(index: number, blocks: number): number {
    const found = this.#boundaries.findIndex((boundary, i) => i >= index && boundary >= blocks);
    return found < 0 ? this.#boundaries.length : found;
  }

  #add(read: Read): void {
    const count = this.#count;
    const cell = count.cells++;
    const { value, mcse, note } = {
      value: read(this.#columns.value),
      mcse: read(this.#columns.mcse),
      note: noteOf(read(this.#columns.note)),
    };
    if (note === 'infinite' || note === 'unreliable') {
      count.unjudged++;
      return;
    }
    if (value === null || mcse === null || mcse === 0 || note !== null) {
      if (this.#isConstant(read, value, note)) {
        count.constant++;
        return;
      }
      count.blocked++;
      this.#limit(Infinity, read, value, mcse, note);
      return;
    }
    const { kind, value: share } = this.#precision.target;
    const target = kind === 'absolute' ? share : share * Math.abs(value);
    const ratio = mcse / target;
    count.steering++;
    const round = this.#index + 1;
    if (this.#steered[cell] !== round - 1) this.#newcomers++;
    this.#steered[cell] = round;
    if (ratio <= 1) count.holding++;
    this.#limit(ratio, read, value, mcse, note, target);
  }

  #limit(
    ratio: number,
    read: Read,
    value: number | null,
    mcse: number | null,
    note: Note | null,
    target: number | null = null,
  ): void {
    if (ratio <= this.#count.worst) return;
    const labels = labelsOf(this.#plan);
    const { initializer, input, activation, fanIn, fanOut, beta } = CELL_COLUMNS;
    const label = (names: readonly string[], column: number) => names[read(column) as number] as string;
    this.#count.worst = ratio;
    this.#count.limiting = {
      initializer: label(labels.initializer, initializer),
      input: label(labels.input, input),
      activation: label(labels.activation, activation),
      fanIn: read(fanIn) as number,
      fanOut: read(fanOut) as number,
      beta: read(beta) as number,
      value,
      mcse,
      target,
      ratio: ratio < Infinity ? ratio : null,
      note,
    };
  }

  /** Whether a cell without an error has none by right: z never varies, or theory confirms a value that no block departs from. */
  #isConstant(read: Read, value: number | null, note: Note | null): boolean {
    if (
      this.#isStill(
        read(CELL_COLUMNS.initializer) as number,
        read(CELL_COLUMNS.input) as number,
        read(CELL_COLUMNS.fanIn) as number,
      )
    )
      return true;
    const theory = read(this.#columns.theory);
    if (note !== 'degenerate' || value === null || theory === null) return false;
    return Math.abs(value - theory) <= AGREEMENT * Math.abs(theory);
  }

  #isStill(initializer: number, input: number, fanIn: number): boolean {
    const { initializers, inputs } = this.#plan;
    const [shape, x] = [initializers[initializer]?.shape, inputs[input]];
    if (shape === undefined || x === undefined) return false;
    const key = `${shape.kind} ${input} ${fanIn}`;
    const still = this.#still.get(key) ?? zMoments(shape, x, fanIn).variance === 0;
    this.#still.set(key, still);
    return still;
  }
}

function noteOf(code: number | null): Note | null {
  return code === null ? null : (NOTES[code] ?? null);
}
