import { meanTail } from '../derive/mean-tail.ts';
import { centringError } from '../model/centring.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { effectiveSize, SINGLE_ACCURACY, tailGuard } from '../stats/guards.ts';
import { type StatisticName, THEORY_KINDS } from '../stats/statistics.ts';
import { type SweepPlan, sideOf } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { inflation } from '../theory/inflation.ts';
import { zMoments } from '../theory/moments.ts';
import { type Comparison, rowScore } from './comparison.ts';
import { ensembleLabel } from './ensemble-parts.ts';

/** Accuracy of a quantile interpolated inside a bin, in standard deviations. */
const INTERPOLATED = 1.5e-4;

/** K₂, K₄, or what a mean has in their place. */
type Guard = 'k2' | 'k4' | 'mean';

/**
 * What a statistic is measured in (powers of a standard deviation), which moment says whether its error can be trusted, and its
 * accuracy in that unit.
 */
const STATISTICS: readonly {
  readonly name: StatisticName;
  readonly power: 0 | 1 | 2;
  readonly guard: Guard | null;
  readonly accuracy: number;
}[] = [
  { name: 'z_mean', power: 1, guard: 'mean', accuracy: SINGLE_ACCURACY },
  { name: 'z_var', power: 2, guard: 'k2', accuracy: SINGLE_ACCURACY },
  { name: 'z_skew', power: 0, guard: 'k4', accuracy: SINGLE_ACCURACY },
  { name: 'z_kurt', power: 0, guard: 'k4', accuracy: SINGLE_ACCURACY },
  ...(['z_p01', 'z_p05', 'z_p50', 'z_p95', 'z_p99'] as const).map(
    (name) => ({ name, power: 1, guard: null, accuracy: INTERPOLATED }) as const,
  ),
];

/**
 * The table's own columns of z beside their exact theory. The tallies are tested for themselves (`ensemble-tests.ts`); this finds
 * what went wrong between them and the table: a scale, a formula, a changed file. Initializers of one shape differ by a scale,
 * have one z-score, and are one test.
 */
export function* zComparisons(plan: SweepPlan, table: Pick<EstimateTable, 'rows' | 'numbers'>): Generator<Comparison> {
  const [initializers, inputs, fanIns] = [
    table.numbers('initializer'),
    table.numbers('input'),
    table.numbers('fan_in'),
  ];
  const [samples, blocks, variances] = [table.numbers('samples'), table.numbers('blocks'), table.numbers('z_var')];
  const trusted = trustedOf(plan);
  for (const { name, power, guard, accuracy } of STATISTICS) {
    const [values, errors, theories] = [
      table.numbers(name),
      table.numbers(`${name}_mcse`),
      table.numbers(`${name}_theory`),
    ];
    const [kinds, zscores] = [table.numbers(`${name}_theory_kind`), table.numbers(`${name}_zscore`)];
    const copied = [initializers, inputs, fanIns, values, errors, theories, kinds, zscores];
    const seen = new Map<string, Set<number>>();
    for (let row = 0; row < table.rows; row++) {
      // Slopes and activations repeat what z is.
      if (row > 0 && copied.every((column) => Object.is(column[row], column[row - 1]))) continue;
      const stated = zscores[row] as number;
      const shape = plan.initializers[initializers[row] as number]?.shape;
      const input = plan.inputs[inputs[row] as number];
      if (Number.isNaN(stated) || THEORY_KINDS[kinds[row] as number] !== 'exact' || !shape || !input) continue;
      const fanIn = fanIns[row] as number;
      if (guard !== null && !trusted(shape, input, fanIn, guard, samples[row] as number)) continue;
      const [value, theory, mcse] = [values[row] as number, theories[row] as number, errors[row] as number];
      const variance = variances[row] as number;
      const size = Math.abs(theory);
      const scale = power === 0 ? Math.max(1, size) : power === 1 ? Math.sqrt(variance) : variance;
      const allowance = accuracy * scale + (power === 1 ? centringError(shape, input) * size : 0);
      const zscore = rowScore(stated, value, theory, mcse, allowance);
      const ensemble = ensembleLabel(shape, input);
      const key = `${ensemble}\n${fanIn}`;
      const scores = seen.get(key) ?? new Set();
      seen.set(key, scores);
      // Single precision: scales change the last bits of a double.
      const rounded = Math.fround(zscore);
      if (scores.has(rounded)) continue;
      scores.add(rounded);
      const cell = plan.initializers[initializers[row] as number]?.label ?? '';
      yield {
        ensemble,
        fanIn,
        statistic: `table ${name}`,
        cell,
        value,
        theory,
        mcse,
        zscore,
        blocks: blocks[row] as number,
      };
    }
  }
}

/** Whether tails let a moment's error enter `verify`; worked out once for each (ensemble, fan-in). */
function trustedOf(plan: SweepPlan) {
  const known = new Map<string, boolean>();
  return (shape: Shape, input: Input, fanIn: number, guard: Guard, samples: number): boolean => {
    const key = `${ensembleLabel(shape, input)}\n${fanIn}\n${guard}`;
    let trusted = known.get(key);
    if (trusted === undefined) {
      const side = sideOf(plan, shape, input, fanIn);
      const z = zMoments(shape, input, fanIn);
      const effectiveOf = (statistic: 'mean' | 'variance') =>
        effectiveSize(samples, inflation(shape, input, fanIn, side, statistic));
      const tail = guard === 'mean' ? meanTail(z, effectiveOf('mean')) : tailGuard(z[guard], effectiveOf('variance'));
      // What does not vary has no tails.
      trusted = z.variance === 0 || tail.verifiable;
      known.set(key, trusted);
    }
    return trusted;
  };
}
