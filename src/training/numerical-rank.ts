/**
 * Singular values above max(rows, columns)·2⁻⁵² times the largest: the numerical rank, as NumPy and MATLAB define it; 0 of a zero
 * matrix. One-sided Jacobi rotations (Hestenes 1958; Golub & Van Loan 2013, §8.6.3) make the short side's vectors orthogonal, and
 * their lengths are the singular values.
 *
 * @param matrix rows × columns, row-major, finite; left as it is
 * @param scratch at least rows·columns doubles
 */
export function numericalRank(matrix: Float64Array, rows: number, columns: number, scratch: Float64Array): number {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  load(matrix, rows, columns, scratch);
  orthogonalize(scratch, count, length);
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, squareOf(scratch, i * length, length));
  const threshold = length * 2 ** -52;
  let rank = 0;
  for (let i = 0; i < count; i++) if (squareOf(scratch, i * length, length) > threshold * threshold * largest) rank++;
  return largest === 0 ? 0 : rank;
}

/** The vectors of the short side one after another, divided by the largest entry so that no square overflows or vanishes. */
function load(matrix: Float64Array, rows: number, columns: number, scratch: Float64Array): void {
  let size = 0;
  for (let i = 0; i < rows * columns; i++) size = Math.max(size, Math.abs(matrix[i] as number));
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < columns; k++) {
      const value = size === 0 ? 0 : (matrix[i * columns + k] as number) / size;
      scratch[rows <= columns ? i * columns + k : k * rows + i] = value;
    }
}

const SWEEPS = 60;

function orthogonalize(a: Float64Array, count: number, length: number): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < count - 1; p++)
      for (let q = p + 1; q < count; q++) if (rotate(a, p * length, q * length, length)) turned = true;
    if (!turned) return;
  }
}

/** Turns two vectors so that they are orthogonal; false when they are already, to rounding. */
function rotate(a: Float64Array, p: number, q: number, length: number): boolean {
  let pp = 0;
  let qq = 0;
  let pq = 0;
  for (let i = 0; i < length; i++) {
    const x = a[p + i] as number;
    const y = a[q + i] as number;
    pp += x * x;
    qq += y * y;
    pq += x * y;
  }
  // What rounding left of a vector that depends on others is turned no further: it counts for nothing.
  if (Math.min(pp, qq) <= 2 ** -104 * Math.max(pp, qq)) return false;
  if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp) * Math.sqrt(qq)) return false;
  const zeta = (qq - pp) / (2 * pq);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  for (let i = 0; i < length; i++) {
    const x = a[p + i] as number;
    const y = a[q + i] as number;
    a[p + i] = c * x - s * y;
    a[q + i] = s * x + c * y;
  }
  return true;
}

function squareOf(a: Float64Array, at: number, length: number): number {
  let sum = 0;
  for (let i = at; i < at + length; i++) sum += (a[i] as number) * (a[i] as number);
  return sum;
}
