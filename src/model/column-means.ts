/** By table and number of columns: a sweep lays its bands out many times. */
const centredTables = new WeakMap<Float32Array, Map<number, Float32Array>>();

/** Each value less the mean of its column, rounded to a single. */
export function lessColumnMeans(table: Float32Array, columns: number): Float32Array {
  const known = centredTables.get(table) ?? new Map<number, Float32Array>();
  centredTables.set(table, known);
  let centred = known.get(columns);
  if (centred === undefined) {
    const means = columnMeans(table, columns);
    centred = table.map((x, i) => x - (means[i % columns] as number));
    known.set(columns, centred);
  }
  return centred;
}

/** Means of the columns of a row-major table. */
export function columnMeans(table: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  table.forEach((x, i) => {
    sums[i % columns] = (sums[i % columns] as number) + x;
  });
  return sums.map((sum) => (sum * columns) / table.length);
}
