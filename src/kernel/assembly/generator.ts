// xoshiro128++ (Blackman & Vigna 2021), eight lanes in two vectors, keyed by Philox4x32-10 (Salmon et al. 2011).

const STATE: usize = memory.data(128, 16);

const PHILOX_M0: u64 = 0xd2511f53;
const PHILOX_M1: u64 = 0xcd9e8d57;
const PHILOX_W0: u32 = 0x9e3779b9;
const PHILOX_W1: u32 = 0xbb67ae85;
/** Outputs thrown away after keying. */
const DISCARD: i32 = 4;

/** Where the lanes' state is, for known-answer tests to set: word w of lane l at word 8·w + l. */
export function laneState(): usize {
  return STATE;
}

/**
 * Ten rounds of Philox on the counter (panel, run·8 + lane, key2, key3) under (key0, key1): a bijection of the counter with
 * full avalanche, so lanes, runs and panels of one key never share a state.
 */
export function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, out: usize): void {
  for (let round = 0; round < 10; round++) {
    const p0 = PHILOX_M0 * <u64>c0;
    const p1 = PHILOX_M1 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += PHILOX_W0;
    k1 += PHILOX_W1;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

const LANE: usize = memory.data(16, 16);

/** Keys the eight lanes for one run of one panel. State word w of lane l lies at word 8·w + l. */
export function seed(key: usize, panel: u32, run: u32): void {
  const k0 = load<u32>(key);
  const k1 = load<u32>(key, 4);
  const k2 = load<u32>(key, 8);
  const k3 = load<u32>(key, 12);
  for (let lane: u32 = 0; lane < 8; lane++) {
    philox(panel, run * 8 + lane, k2, k3, k0, k1, LANE);
    const at = STATE + (<usize>lane << 2);
    store<u32>(at, load<u32>(LANE));
    store<u32>(at, load<u32>(LANE, 4), 32);
    store<u32>(at, load<u32>(LANE, 8), 64);
    // An all-zero state is a fixed point; one in 2^128, but one bit rules it out.
    const last = load<u32>(LANE, 12);
    const zero = (load<u32>(LANE) | load<u32>(LANE, 4) | load<u32>(LANE, 8) | last) == 0;
    store<u32>(at, zero ? 1 : last, 96);
  }
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

/** The same as x = factor·s + shift of s = ±1, from the top bit. */
export function signRows(out: usize, rows: i32, steps: i32, row: usize, step: usize, apart: usize, factor: v128, shift: v128): void {
  draw(out, rows, steps, row, step, apart, SIGN, factor, shift);
}

// What `draw` makes of a word; known at compile time, since `draw` is inlined.
const WORDS = 0;
const UNIFORM = 1;
const SIGN = 2;

// Loaded, not splatted: a splat of a literal is rebuilt in every pass of a loop.
const SIGN_BIT: usize = memory.data<u32>([0x80000000, 0x80000000, 0x80000000, 0x80000000], 16);
const ONE: usize = memory.data<f32>([1, 1, 1, 1], 16);

// @ts-ignore: decorator
@inline
function finish(word: v128, form: i32, factor: v128, shift: v128): v128 {
  if (form == WORDS) return word;
  const u = form == UNIFORM
    ? f32x4.convert_i32x4_s(word)
    : v128.or(v128.and(word, v128.load(SIGN_BIT)), v128.load(ONE));
  return f32x4.add(f32x4.mul(u, factor), shift);
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
