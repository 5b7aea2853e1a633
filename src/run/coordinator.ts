import type { Executor } from '../execute/executor.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { Arena } from '../memory/arena.ts';
import { arenaRoom, groupsOf, type Range, slotCount, type TallyPosition, unitsOf } from '../sweep/groups.ts';
import type { Plan, SweepPlan } from '../sweep/plan.ts';
import { CUTTING, type Cutting } from './cutting.ts';
import { DirectRows } from './direct-rows.ts';
import { Faults } from './faults.ts';
import type { KnownTallies, TallyLog } from './known-tallies.ts';
import { type OnProgress, Progress } from './progress.ts';
import { type RowDeriver, type RowSink, RowWindow } from './row-window.ts';
import { Simulation, type SimulationContext, settled } from './simulation.ts';

/** Where results go, in the order of the tables' rows. */
export interface ResultSink extends RowSink {
  /** `bytes` start at a multiple of 8 and are valid during the call only. */
  tally(position: TallyPosition, bytes: Uint8Array): void;
}

export interface Coordination {
  readonly plan: Plan;
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
  const rows = deriver(context, sink);
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

function deriver({ plan, executor, progress, cutting }: SimulationContext, sink: RowSink): RowDeriver {
  const { rowsOf } = experimentOf(plan);
  // The layer experiment has as many rows as cells, and its kernel derives them.
  if (rowsOf === null) return new RowWindow(plan as SweepPlan, executor, sink, progress, cutting);
  return new DirectRows(plan, rowsOf, sink, progress);
}

function writeTallies(plan: Plan, simulation: Simulation, sink: ResultSink): void {
  const { group } = simulation;
  const [firstBlock, lastBlock] = group.blocks;
  const constants = plan.grid.series.map((_, series) => experimentOf(plan).constantTally(plan, series));
  for (const { input, fanIn } of unitsOf(group)) {
    constants.forEach((constant, shape) => {
      for (let block = firstBlock; block < lastBlock; block++) {
        const position = { shape, input, fanIn, block };
        const tally = constant ?? simulation.record(position);
        if (tally !== null) sink.tally(position, tally);
      }
    });
  }
}
