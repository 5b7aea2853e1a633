import type { OpenExecutor } from '../execute/executor.ts';
import type { PrecisionSpec } from '../model/spec.ts';
import type { Plan } from '../sweep/plan.ts';
import type { Shard } from '../sweep/shard.ts';
import type { KnownTallies } from './known-tallies.ts';
import type { RunOrigin } from './manifest.ts';
import type { Round } from './precision-round.ts';
import type { OnProgress } from './progress.ts';

/** How a run is to go. */
export interface RunOptions {
  /** Where the run goes: made if it is not there. */
  readonly directory: string;
  readonly threads: number;
  /** Start over even if the directory holds a run of this plan, or another plan's. */
  readonly fresh?: boolean;
  /** Run a share of the blocks only; tallies but no estimates come of it. */
  readonly shard?: Shard | null;
  /** The directory may hold a run of the same draws with other blocks: its tallies are kept, its tables replaced. */
  readonly extending?: boolean;
  /** Called once the directory is ours: throws where another process has done meanwhile what must not be undone. */
  readonly confirm?: () => void;
  /** Failed blocks that the rest of the run goes on with; Infinity by default. */
  readonly mostFailures?: number;
  /** Milliseconds that finished tallies wait for others before they are written to the journal; 3000 by default. */
  readonly journalInterval?: number;
  readonly onProgress?: OnProgress;
  /** Called once when there are tallies of an earlier session: how many. */
  readonly onFound?: (tallies: number) => void;
  /** Called with what a user should know. */
  readonly onNote?: (note: string) => void;
  /** Called at each boundary where a run with a precision may stop. */
  readonly onRound?: (round: Round, precision: PrecisionSpec) => void;
  /** Stops the run: nothing more is dispatched, and the run rejects with a StoppedError once it is in order. */
  readonly signal?: AbortSignal;
  /**
   * The process is about to end: when it fires, temporary files are removed and the manifest says `stopped` before the listener
   * returns. The run itself never settles properly after it.
   */
  readonly abandon?: AbortSignal;
  /** Makes the executor: `openExecutor` of `execute/`, or another. */
  readonly open: OpenExecutor;
  /** Tallies of other runs, which need not be simulated here; closed with the run. */
  readonly known?: (plan: Plan) => readonly KnownTallies[];
  /** The runs that they are from. */
  readonly origins?: readonly RunOrigin[];
}
