// xoshiro128++ (Blackman & Vigna 2021), eight lanes in two vectors, keyed by Philox4x32-10 (Salmon et al. 2011).

const STATE: usize = memory.data(128, 16);

const PHILOX_M0: i32 = 0xd2511f53;
const PHILOX_M1: i32 = 0xcd9e8d57;
const PHILOX_W0: i32 = 0x9e3779b9;
const PHILOX_W1: i32 = 0xbb67ae85;
/** Outputs thrown away after keying. */
const DISCARD: i32 = 4;

/** Where the lanes' state is, for known-answer tests to set: word w of lane l at word 8·w + l. */
export function laneState(): usize {
  return STATE;
}

/** Low words of four 64-bit products. */
// @ts-ignore: decorator
@inline
function lowWords(first: v128, last: v128): v128 {
  return v128.shuffle<i32>(first, last, 0, 2, 4, 6);
}

/** High words of four 64-bit products. */
// @ts-ignore: decorator
@inline
function highWords(first: v128, last: v128): v128 {
  return v128.shuffle<i32>(first, last, 1, 3, 5, 7);
}

/**
 * The state of the eight lanes for one run of one panel: ten rounds of Philox on the counters (panel, run·8 + lane, key2, key3)
 * under (key0, key1). It is a bijection of the counter with full avalanche, so lanes, runs and panels of one key never share a state.
 */
export function keyLanes(key: usize, panel: u32, run: u32): void {
  const m0 = i32x4.splat(PHILOX_M0);
  const m1 = i32x4.splat(PHILOX_M1);
  for (let lane = 0; lane < 8; lane += 4) {
    let c0 = i32x4.splat(panel);
    let c1 = i32x4.add(i32x4.splat(<i32>run * 8 + lane), i32x4(0, 1, 2, 3));
    let c2 = v128.load32_splat(key, 8);
    let c3 = v128.load32_splat(key, 12);
    let k0 = load<i32>(key);
    let k1 = load<i32>(key, 4);
    for (let round = 0; round < 10; round++) {
      const first0 = i64x2.extmul_low_i32x4_u(c0, m0);
      const last0 = i64x2.extmul_high_i32x4_u(c0, m0);
      const first1 = i64x2.extmul_low_i32x4_u(c2, m1);
      const last1 = i64x2.extmul_high_i32x4_u(c2, m1);
      c0 = v128.xor(highWords(first1, last1), v128.xor(c1, i32x4.splat(k0)));
      c1 = lowWords(first1, last1);
      c2 = v128.xor(highWords(first0, last0), v128.xor(c3, i32x4.splat(k1)));
      c3 = lowWords(first0, last0);
      k0 += PHILOX_W0;
      k1 += PHILOX_W1;
    }
    // An all-zero state is a fixed point; one in 2^128, but one bit rules it out.
    const zero = i32x4.eq(v128.or(v128.or(c0, c1), v128.or(c2, c3)), i32x4.splat(0));
    const at = STATE + (<usize>lane << 2);
    v128.store(at, c0);
    v128.store(at, c1, 32);
    v128.store(at, c2, 64);
    v128.store(at, i32x4.sub(c3, zero), 96);
  }
}

/** Keys the eight lanes for one run of one panel. */
export function seed(key: usize, panel: u32, run: u32): void {
  keyLanes(key, panel, run);
  words(SCRAP, DISCARD);
}

const SCRAP: usize = memory.data(128, 16);

// @ts-ignore: decorator
@inline
function rotl(x: v128, k: i32): v128 {
  return v128.or(i32x4.shl(x, k), i32x4.shr_u(x, 32 - k));
}

/** Writes `steps` outputs of all eight lanes to `out`: 32 bytes a step. */
export function words(out: usize, steps: i32): void {
  const none = f32x4.splat(0);
  draw(out, 1, steps, 0, 32, 16, WORDS, none, none);
}

/** `rows` rows of `steps` steps as x = factor·k + shift of the signed 32-bit words k: uniform variates without a second pass. */
export function uniformRows(out: usize, rows: i32, steps: i32, row: usize, step: usize, apart: usize, factor: v128, shift: v128): void {
  draw(out, rows, steps, row, step, apart, UNIFORM, factor, shift);
}

/** The same as x = ±factor + shift, negative where the top bit is set. */
export function signRows(out: usize, rows: i32, steps: i32, row: usize, step: usize, apart: usize, factor: v128, shift: v128): void {
  draw(out, rows, steps, row, step, apart, SIGN, factor, shift);
}

// What `draw` makes of a word; known at compile time, since `draw` is inlined.
const WORDS = 0;
const UNIFORM = 1;
const SIGN = 2;

// Loaded, not splatted: a splat of a literal is rebuilt in every pass of a loop.
const SIGN_BIT: usize = memory.data<u32>([0x80000000, 0x80000000, 0x80000000, 0x80000000], 16);

// @ts-ignore: decorator
@inline
function finish(word: v128, form: i32, factor: v128, shift: v128): v128 {
  if (form == WORDS) return word;
  const u = form == UNIFORM
    ? f32x4.mul(f32x4.convert_i32x4_s(word), factor)
    : v128.xor(v128.and(word, v128.load(SIGN_BIT)), factor);
  return f32x4.add(u, shift);
}

/** The two vectors of a step go to `out` and `out + apart`; the next step's `step` bytes on, the next row's `row` bytes on. */
// @ts-ignore: decorator
@inline
function draw(
  out: usize, rows: i32, steps: i32, row: usize, step: usize, apart: usize, form: i32, factor: v128, shift: v128,
): void {
  let a0 = v128.load(STATE);
  let b0 = v128.load(STATE, 16);
  let a1 = v128.load(STATE, 32);
  let b1 = v128.load(STATE, 48);
  let a2 = v128.load(STATE, 64);
  let b2 = v128.load(STATE, 80);
  let a3 = v128.load(STATE, 96);
  let b3 = v128.load(STATE, 112);
  for (let i = 0; i < rows; i++, out += row) {
    let to = out;
    for (let j = 0; j < steps; j++, to += step) {
      const a = i32x4.add(rotl(i32x4.add(a0, a3), 7), a0);
      const b = i32x4.add(rotl(i32x4.add(b0, b3), 7), b0);
      v128.store(to, finish(a, form, factor, shift));
      v128.store(to + apart, finish(b, form, factor, shift));
      const ta = i32x4.shl(a1, 9);
      const tb = i32x4.shl(b1, 9);
      a2 = v128.xor(a2, a0);
      b2 = v128.xor(b2, b0);
      a3 = v128.xor(a3, a1);
      b3 = v128.xor(b3, b1);
      a1 = v128.xor(a1, a2);
      b1 = v128.xor(b1, b2);
      a0 = v128.xor(a0, a3);
      b0 = v128.xor(b0, b3);
      a2 = v128.xor(a2, ta);
      b2 = v128.xor(b2, tb);
      a3 = rotl(a3, 11);
      b3 = rotl(b3, 11);
    }
  }
  v128.store(STATE, a0);
  v128.store(STATE, b0, 16);
  v128.store(STATE, a1, 32);
  v128.store(STATE, b1, 48);
  v128.store(STATE, a2, 64);
  v128.store(STATE, b2, 80);
  v128.store(STATE, a3, 96);
  v128.store(STATE, b3, 112);
}
