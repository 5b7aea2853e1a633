import type { Executor } from '../execute/executor.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { Arena } from '../memory/arena.ts';
import { arenaRoom, groupsOf, type Range, slotCount, type TallyPosition, unitsOf } from '../sweep/groups.ts';
import type { Plan, SweepPlan } from '../sweep/plan.ts';
import { CUTTING, type Cutting } from './cutting.ts';
import { DirectRows } from './direct-rows.ts';
import { Faults } from './faults.ts';
import type { KnownTallies, TallyLog } from './known-tallies.ts';
import { Pipeline } from './pipeline.ts';
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

/** Tasks of a thread that are submitted together: one that it does, and one that is there when that is done. */
const TASKS_A_THREAD = 2;

const NO_LOG: TallyLog = { add: () => {}, flush: async () => {} };

/**
 * Runs a plan: simulates group after group, derives each as its tallies come in, and hands results on in row order.
 *
 * While the last rows of one group are derived and written, the next one is simulated; where many threads simulate (`simulators`), more
 * of them. Memory is bounded by these groups and a window of rows, whatever the number of cells.
 *
 * @throws the error of a task or of the sink, at the latest when its results are due; the caller then closes the executor
 */
export async function coordinate(coordination: Coordination): Promise<void> {
  const { plan, executor, open, blocks = [0, plan.blocks], estimates = true, cutting = CUTTING } = coordination;
  const { known = [], log = NO_LOG, faults = new Faults(0), onProgress = () => {} } = coordination;
  const groups = groupsOf(plan, blocks, cutting.largestGroup);
  const progress = new Progress(plan, groups, executor.parallelism, estimates, onProgress);
  const slots = groups.reduce((most, group) => Math.max(most, slotCount(plan, group)), 0);
  const context = { plan, executor, known, log, faults, progress, cutting };
  const pipeline = new Pipeline(groups, (group, arena) => new Simulation(context, group, arena), {
    allocate: () => Arena.allocate(slots, arenaRoom(plan, slots)).buffer,
    // The log reads from the arena that is now used again.
    release: () => log.flush(),
  });
  // Others than this machine's threads wait for the last tasks of a group, and shall have those of the next one meanwhile.
  const isShared = executor.simulators !== undefined;
  const wanted = isShared ? () => TASKS_A_THREAD * (executor.simulators ?? 0) : undefined;
  await pipeline.fill(isShared ? 2 : 1, wanted);
  await pipeline.first?.submitted;
  progress.begun();
  const sink = await open();
  const rows = deriver(context, sink);
  for (let simulation = pipeline.first; simulation !== undefined; simulation = pipeline.first) {
    const current = simulation;
    // While workers derive, this thread has time to write.
    const written = settled([current.done.then(() => writeTallies(plan, current, sink))]);
    if (estimates) await rows.dispatch(current);
    else await current.done;
    await pipeline.fill(isShared ? 3 : 2, wanted);
    await rows.drain();
    await written;
    pipeline.shift();
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
