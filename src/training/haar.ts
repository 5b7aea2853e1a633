/**
 * Turns normals into a random matrix with orthonormal rows (or columns, where there are more rows than columns), uniform among all such:
 * the Q of a QR decomposition by Householder reflections, each column with the sign that makes R's diagonal positive (Stewart
 * 1980; Mezzadri 2007).
 *
 * @param normals rows × columns independent standard normals, row-major; overwritten by the matrix
 */
export function haar(normals: Float64Array, rows: number, columns: number): void {
  // Factorise the tall one of A and Aᵀ: `long` × `short`, element (i, j) of it at i·down + j·across.
  const tall = rows >= columns;
  const [long, short] = tall ? [rows, columns] : [columns, rows];
  const [down, across] = tall ? [columns, 1] : [1, columns];
  const at = (i: number, j: number): number => i * down + j * across;
  const signs = new Float64Array(short);
  for (let j = 0; j < short; j++) {
    let square = 0;
    for (let i = j; i < long; i++) {
      const value = normals[at(i, j)] as number;
      square += value * value;
    }
    const pivot = normals[at(j, j)] as number;
    const norm = Math.sqrt(square);
    // The reflection takes the column to −sign(pivot)·norm, the choice without cancellation.
    const sign = pivot < 0 ? -1 : 1;
    signs[j] = -sign;
    normals[at(j, j)] = pivot + sign * norm;
    // H = I − v·vᵀ·2/‖v‖²; scale v so that H = I − v·vᵀ. ‖v‖² = 2·norm·(norm + |pivot|).
    const scale = norm === 0 ? 0 : 1 / Math.sqrt(norm * (norm + Math.abs(pivot)));
    for (let i = j; i < long; i++) normals[at(i, j)] = scale * (normals[at(i, j)] as number);
    for (let k = j + 1; k < short; k++) reflect(normals, at, j, k, long);
  }
  // Q = H₀·H₁·…·(identity), built from the last reflection on, in place of the vectors.
  for (let j = short - 1; j >= 0; j--) {
    for (let k = j + 1; k < short; k++) reflect(normals, at, j, k, long);
    const own = normals[at(j, j)] as number;
    for (let i = j; i < long; i++) {
      const v = normals[at(i, j)] as number;
      normals[at(i, j)] = (i === j ? 1 : 0) - own * v;
    }
    for (let i = 0; i < j; i++) normals[at(i, j)] = 0;
  }
  for (let j = 0; j < short; j++)
    for (let i = 0; i < long; i++) normals[at(i, j)] = (signs[j] as number) * (normals[at(i, j)] as number);
}

/** Column k ← (I − v·vᵀ)·column k with v in column j from row j on. */
function reflect(a: Float64Array, at: (i: number, j: number) => number, j: number, k: number, long: number): void {
  let sum = 0;
  for (let i = j; i < long; i++) sum += (a[at(i, j)] as number) * (a[at(i, k)] as number);
  for (let i = j; i < long; i++) a[at(i, k)] = (a[at(i, k)] as number) - sum * (a[at(i, j)] as number);
}
