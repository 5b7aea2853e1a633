import { COLUMNS, type LayerJob, type Pair, RUN } from '../kernel.ts';
import { Histogram } from './histogram.ts';
import { PanelDraws } from './panel.ts';

const f = Math.fround;

/**
 * The running sums of one pair in one panel: 64/side replicates, in each every weight vector against every input vector. Weight
 * vector `unit` meets the `side` input vectors of its own replicate.
 */
class RunningSums {
  readonly #side: number;
  readonly #orthogonal: boolean;
  /** Σ w·x of (unit, input) at unit·side + input. */
  readonly #sums: Float32Array;
  /** Σ w² of each unit. */
  readonly #norms = new Float32Array(COLUMNS);

  constructor(side: number, orthogonal: boolean) {
    this.#side = side;
    this.#orthogonal = orthogonal;
    this.#sums = new Float32Array(COLUMNS * side);
  }

  /** One more index: 64 weights and 64 inputs. */
  add(weights: Float32Array, inputs: Float32Array): void {
    const side = this.#side;
    for (let unit = 0; unit < COLUMNS; unit++) {
      const w = weights[unit] as number;
      const replicate = unit - (unit % side);
      for (let i = 0; i < side; i++) {
        const at = unit * side + i;
        this.#sums[at] = (this.#sums[at] as number) + f(w * (inputs[replicate + i] as number));
      }
      this.#norms[unit] = (this.#norms[unit] as number) + f(w * w);
    }
  }

  /** The pre-activations at `fanIn`: √n·Σwx/‖w‖ for orthogonal rows. */
  values(fanIn: number): Float32Array {
    if (!this.#orthogonal) return this.#sums;
    const root = f(Math.sqrt(fanIn));
    return this.#sums.map((sum, i) => {
      const norm = this.#norms[Math.floor(i / this.#side)] as number;
      return norm === 0 ? 0 : f(sum * f(root / f(Math.sqrt(norm))));
    });
  }
}

/** One panel of a layer: `visit` gets the pre-activations of each pair at each of its fan-ins. */
export function simulatePanel(
  job: LayerJob,
  keys: readonly Uint32Array[],
  panel: number,
  visit: (pair: number, fanIn: number, values: Float32Array) => void,
): void {
  const draws = job.samplers.map((sampler, i) => new PanelDraws(sampler, keys[i] as Uint32Array, panel));
  const sums = job.pairs.map((pair) => new RunningSums(job.side, pair.orthogonal));
  const last = Math.max(...job.pairs.map(lastFanIn));
  for (let base = 0; base < last; base += RUN) {
    const counts = job.samplers.map((_, i) => Math.min(RUN, lastUse(job, i) - base));
    const runs = draws.map((d, i) => ((counts[i] as number) > 0 ? d.fill(base / RUN, counts[i] as number) : null));
    for (let n = base + 1; n <= Math.min(base + RUN, last); n++) {
      job.pairs.forEach((pair, p) => {
        if (n > lastFanIn(pair)) return;
        const [from, to] = [(n - 1 - base) * COLUMNS, (n - base) * COLUMNS];
        const row = (sampler: number): Float32Array => (runs[sampler] as Float32Array).subarray(from, to);
        const own = sums[p] as RunningSums;
        own.add(row(pair.weights), row(pair.inputs));
        if (pair.fanIns.includes(n)) visit(p, n, own.values(n));
      });
    }
  }
}

/** One block: a histogram for each pair and fan-in. */
export function simulateBlock(job: LayerJob, keys: readonly Uint32Array[]): Map<number, Histogram>[] {
  const histograms = job.pairs.map((pair) => new Map(pair.fanIns.map((n) => [n, new Histogram()])));
  for (let panel = 0; panel < job.panels; panel++) {
    simulatePanel(job, keys, panel, (pair, fanIn, values) => {
      for (const value of values) histograms[pair]?.get(fanIn)?.add(value);
    });
  }
  return histograms;
}

const lastFanIn = (pair: Pair): number => pair.fanIns.at(-1) ?? 0;

/** The largest fan-in that needs sampler `i`. */
function lastUse(job: LayerJob, i: number): number {
  return Math.max(0, ...job.pairs.filter((pair) => pair.weights === i || pair.inputs === i).map(lastFanIn));
}
