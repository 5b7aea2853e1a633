import { normalCdf, studentTQuantile } from '../../numeric/special.ts';

/**
 * Standard errors that the most extreme of `rows` differences may have where none is real. A tolerance stands for the chance that a
 * normal variable is so many deviations off; an error from so many blocks makes a Student's t of it, with blocks − 1 degrees of freedom,
 * and each of several rows gets its share of the chance (Bonferroni). 4 becomes 4.29 for 64 blocks, and 5.54 for 100 rows.
 */
export function errorLimit(tolerance: number, blocks: number, rows = 1): number {
  if (tolerance === 0) return 0;
  // A single block leaves no error, and what has none is compared exactly: any limit will do.
  return -studentTQuantile(normalCdf(-tolerance) / rows, Math.max(blocks, 2) - 1);
}
