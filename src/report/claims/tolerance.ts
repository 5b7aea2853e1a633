import { studentTQuantile } from '../../numeric/special.ts';
import { twoSidedP } from '../../stats/holm.ts';

/**
 * Standard errors that the most extreme of `rows` differences may have where none is real; rows that repeat another count once. For one row that is the tolerance; for more,
 * the size that keeps the chance of any false alarm at most that of the tolerance in one row (Bonferroni; Student's t with blocks − 1
 * degrees of freedom): 4 becomes 5.3 for 100 rows of 64 blocks.
 */
export function familyTolerance(tolerance: number, rows: number, blocks: number): number {
  if (rows <= 1 || tolerance === 0) return tolerance;
  return -studentTQuantile(twoSidedP(tolerance, blocks) / (2 * rows), blocks - 1);
}
