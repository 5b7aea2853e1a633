// Sums over a batch in double precision. Within a column in row order, then over the columns in order: the scalar reference makes
// the same bits.

/** Of the strip in hand: four sums, four sums of squares, two sums of products of neighbouring columns. */
const COLUMN: usize = memory.data(80, 16);

// @ts-ignore: decorator
@inline
function upper(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3));
}

/** Leaves Σx and Σx² of the four columns of a strip of `rows` vectors. */
// @ts-ignore: decorator
@inline
function sumStrip(at: usize, rows: i32): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let q0 = s0;
  let q1 = s0;
  for (const end = at + (<usize>rows << 4); at < end; at += 16) {
    const v = v128.load(at);
    const low = f64x2.promote_low_f32x4(v);
    const high = upper(v);
    s0 = f64x2.add(s0, low);
    s1 = f64x2.add(s1, high);
    q0 = f64x2.add(q0, f64x2.mul(low, low));
    q1 = f64x2.add(q1, f64x2.mul(high, high));
  }
  v128.store(COLUMN, s0);
  v128.store(COLUMN, s1, 16);
  v128.store(COLUMN, q0, 32);
  v128.store(COLUMN, q1, 48);
}

/** Leaves Σxy of columns 0 and 1, and of columns 2 and 3. */
// @ts-ignore: decorator
@inline
function pairStrip(at: usize, rows: i32): void {
  let p = f64x2.splat(0);
  for (const end = at + (<usize>rows << 4); at < end; at += 16) {
    const v = v128.load(at);
    const low = f64x2.promote_low_f32x4(v);
    const high = upper(v);
    p = f64x2.add(p, f64x2.mul(v128.shuffle<i64>(low, high, 0, 2), v128.shuffle<i64>(low, high, 1, 3)));
  }
  v128.store(COLUMN, p, 64);
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, first: usize, count: usize): void {
  let total = load<f64>(at);
  for (let i: usize = 0; i < count; i++) total += load<f64>(COLUMN + ((first + i) << 3));
  store<f64>(at, total);
}

/** Adds Σx of all columns to the double at `sum`, Σx² to `squares`; the columns' own Σx² go to `columns` where it is not 0. */
export function addMoments(at: usize, rows: i32, stride: usize, strips: usize, sum: usize, squares: usize, columns: usize): void {
  for (let strip: usize = 0; strip < strips; strip++, at += stride) {
    sumStrip(at, rows);
    addTo(sum, 0, 4);
    addTo(squares, 4, 4);
    if (columns != 0) memory.copy(columns + (strip << 5), COLUMN + 32, 32);
  }
}

/** Adds Σ over pairs of neighbouring columns of their products to the double at `products`. */
export function addPairs(at: usize, rows: i32, stride: usize, strips: usize, products: usize): void {
  for (let strip: usize = 0; strip < strips; strip++, at += stride) {
    pairStrip(at, rows);
    addTo(products, 8, 2);
  }
}

/** Values with |x| < `threshold`, added to the double at `count`. */
export function addBelow(at: usize, rows: i32, stride: usize, strips: usize, threshold: f32, count: usize): void {
  const limit = f32x4.splat(threshold);
  let found = i32x4.splat(0);
  for (let strip: usize = 0; strip < strips; strip++, at += stride) {
    for (let i: usize = 0; i < <usize>rows << 4; i += 16) {
      found = i32x4.sub(found, f32x4.lt(f32x4.abs(v128.load(at + i)), limit));
    }
  }
  const four = i32x4.extract_lane(found, 0) + i32x4.extract_lane(found, 1) + i32x4.extract_lane(found, 2) + i32x4.extract_lane(found, 3);
  store<f64>(count, load<f64>(count) + <f64>four);
}
