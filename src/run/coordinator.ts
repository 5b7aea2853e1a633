import type { Executor } from '../execute/executor.ts';
import { Arena } from '../memory/arena.ts';
import { readRecord } from '../stats/record.ts';
import type { Tally } from '../stats/tally.ts';
import { zeroRecord } from '../sweep/bands.ts';
import { arenaRoom, groupsOf, type Range, slotCount, unitsOf } from '../sweep/groups.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import { CUTTING, type Cutting } from './cutting.ts';
import { Faults } from './faults.ts';
import type { KnownTallies, TallyLog } from './known-tallies.ts';
import { type OnProgress, Progress } from './progress.ts';
import { type RowSink, RowWindow } from './row-window.ts';
import { Simulation, settled } from './simulation.ts';

/** Where results go, in the order of the tables' rows. */
export interface ResultSink extends RowSink {
  tally(id: { shape: number; input: number; fanIn: number; block: number }, tally: Tally): void;
}

export interface Coordination {
  readonly plan: SweepPlan;
  readonly executor: Executor;
  /** Makes the sink once the first tasks are under way. */
  readonly open: () => Promise<ResultSink>;
  /** Blocks to fill; all of the plan's by default. */
  readonly blocks?: Range;
  /** Whether rows are derived, as they are not from a share of the blocks; true by default. */
  readonly estimates?: boolean;
  /** Tallies that need not be simulated. */
  readonly known?: readonly KnownTallies[];
  /** Where new tallies are kept safe until the sink has them all. */
  readonly log?: TallyLog;
  readonly faults?: Faults;
  readonly onProgress?: OnProgress;
  /** How work is cut into groups and tasks; results do not depend on it. */
  readonly cutting?: Cutting;
}

const NO_LOG: TallyLog = { add: () => {}, flush: async () => {} };

/**
 * Runs a plan: simulates group after group, derives each as its tallies come in, and hands results on in row order.
 *
 * Two arenas take turns: while the last rows of one group are derived and written, the next one is simulated. Memory is bounded by two
 * groups and a window of rows, whatever the number of cells.
 *
 * @throws the error of a task or of the sink, at the latest when its results are due; the caller then closes the executor
 */
export async function coordinate(coordination: Coordination): Promise<void> {
  const { plan, executor, open, blocks = [0, plan.blocks], estimates = true, cutting = CUTTING } = coordination;
  const { known = [], log = NO_LOG, faults = new Faults(0), onProgress = () => {} } = coordination;
  const groups = groupsOf(plan, blocks, cutting.largestGroup);
  const progress = new Progress(plan, groups, executor.parallelism, estimates, onProgress);
  const slots = groups.reduce((most, group) => Math.max(most, slotCount(plan, group)), 0);
  const arenas = groups.slice(0, 2).map(() => Arena.allocate(slots, arenaRoom(plan, slots)));
  const context = { plan, executor, known, log, faults, progress, cutting };
  const start = async (index: number): Promise<Simulation | undefined> => {
    const group = groups[index];
    if (group === undefined) return undefined;
    // The log reads from the arena that is now used again.
    if (index >= arenas.length) await log.flush();
    return new Simulation(context, group, (arenas[index % 2] as Arena).buffer);
  };
  let current = await start(0);
  const sink = await open();
  const rows = new RowWindow(plan, executor, sink, progress, cutting);
  for (let index = 0; current !== undefined; index++) {
    const simulation: Simulation = current;
    // While workers derive, this thread has time to write.
    const written = settled([simulation.done.then(() => writeTallies(plan, simulation, sink))]);
    if (estimates) await rows.dispatch(simulation);
    else await simulation.done;
    const next = await start(index + 1);
    await rows.drain();
    await written;
    current = next;
  }
}

function writeTallies(plan: SweepPlan, simulation: Simulation, sink: ResultSink): void {
  const zero = zeroRecord(plan);
  const { group } = simulation;
  const [firstBlock, lastBlock] = group.blocks;
  for (const { input, fanIn } of unitsOf(group)) {
    plan.shapes.forEach(({ kind }, shape) => {
      for (let block = firstBlock; block < lastBlock; block++) {
        const record = kind === 'zero' ? zero : simulation.record({ input, fanIn, shape, block });
        if (record === null) continue;
        const id = { shape, input, fanIn: plan.spec.fanIn[fanIn] as number, block };
        sink.tally(id, readRecord(record.buffer, record.byteOffset));
      }
    });
  }
}
