import { exp } from '../numeric/elementary.ts';
import type { TailGuard } from '../stats/guards.ts';
import type { LayerStatistic } from './layer-columns.ts';
import { type CellRecords, layerEstimate } from './layer-estimates.ts';
import type { LogVariance } from './log-variances.ts';

/**
 * Skewness of the mean of log-normal mean squares above which its error is not to be trusted. Intervals of 95% from 32 blocks of them
 * covered 93.5 to 94.6% at 0.3, whether of 32 or 16384 networks, 91.7 to 94.7% at 0.5 and 89 to 94% at 1 (2000 to 6000 samples each).
 */
const UNRELIABLE = 0.3;

/** Stands for the logarithm of a gradient that vanished in some networks and not in others. */
const ENDLESS = Number.MAX_VALUE;

/** What the tails of mean squares do to a statistic (STATISTICS rule 5); null where it is bounded or nothing is known of them. */
export function layerTail(
  cell: CellRecords,
  name: LayerStatistic,
  layer: number,
  known: readonly LogVariance[],
): TailGuard | null {
  const variance = logVariance(cell, name, layer, known);
  if (variance === null) return null;
  if (variance === Number.POSITIVE_INFINITY) return { note: 'infinite', verifiable: false };
  // Of one log-normal number (K + 2)·√(K − 1), K = E x²/(E x)² = exp(Var ln x); of the mean of N a √N-th of it.
  const k = exp(variance);
  const skewness = (k + 2) * Math.sqrt((k - 1) / (cell.replicates * cell.records.length));
  return skewness > UNRELIABLE ? { note: 'unreliable', verifiable: false } : { note: null, verifiable: true };
}

/** Var ln of what the statistic is the mean of, network by network. */
function logVariance(
  cell: CellRecords,
  name: LayerStatistic,
  layer: number,
  known: readonly LogVariance[],
): number | null {
  switch (name) {
    case 'z_var':
      return known[layer]?.z ?? null;
    case 'a_var':
      return known[layer]?.a ?? null;
    case 'grad_var':
      return ofGradient(cell, layer);
    case 'weight_grad_rms': {
      const incoming = layer === 0 ? known[0]?.z : known[layer - 1]?.a;
      return (ofGradient(cell, layer) ?? 0) + (incoming ?? 0);
    }
    case 'jac_mean_sq':
      return ofGradient(cell, 0);
    case 'jac_max': {
      // σ is a root of a square.
      const square = ofGradient(cell, 0);
      return square === null ? null : square / 4;
    }
    default:
      return null;
  }
}

/** As measured: logarithms have light tails. */
function ofGradient(cell: CellRecords, layer: number): number | null {
  if (cell.weightSquare === 0) return null;
  const { mcse } = layerEstimate(cell, 'grad_log_var', layer);
  return mcse === null ? ENDLESS : mcse * mcse * cell.replicates * cell.records.length;
}
