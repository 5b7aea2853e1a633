/*
 * Where kernels draw a word that one chooses: generators and hash are bijections, so the key and place that lead to it can be
 * worked out backwards.
 */

type Words = [number, number, number, number];

/** A stream's place whose index 0 begins with a chosen word, at `column`. */
export interface Place {
  readonly key: Uint32Array;
  readonly panel: number;
  readonly run: number;
  readonly column: number;
}

const LANES = 8;
/** Outputs that a lane throws away after keying. */
const DISCARD = 4;

export function placeOf(word: number): Place {
  // The output rotl(s₀ + s₃, 7) + s₀ at s₀ = 0; what the other words are is free.
  let state: Words = [0, 0x9e3779b9, 0x243f6a88, rotr(word, 7)];
  for (let i = 0; i < DISCARD; i++) state = stepBack(state);
  const [k0, k1] = [0x85a308d3, 0x13198a2e];
  const [panel, lanes, k2, k3] = unhash(state, [k0, k1]);
  return { key: Uint32Array.of(k0, k1, k2, k3), panel, run: Math.floor(lanes / LANES), column: lanes % LANES };
}

/** The state of xoshiro128++ before this one. */
function stepBack([a0, a1, a2, a3]: Words): Words {
  const u = rotr(a3, 11); // s₁ ^ s₃
  const s0 = a0 ^ u;
  const v = a1 ^ s0; // s₁ ^ s₂
  const w = v ^ a2 ^ s0; // s₁ ^ (s₁ << 9)
  const s1 = w ^ (w << 9) ^ (w << 18) ^ (w << 27);
  return [s0, s1, v ^ s1, u ^ s1];
}

/** The counter that Philox4x32-10 under `key` takes to these words. */
function unhash(words: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = words.map((word) => BigInt(word >>> 0)) as [bigint, bigint, bigint, bigint];
  const [m0, m1] = [0xd2511f53n, 0xcd9e8d57n];
  for (let round = 9; round >= 0; round--) {
    const [k0, k1] = [key[0] + round * 0x9e3779b9, key[1] + round * 0xbb67ae85].map((k) => BigInt(k) & WORD) as [
      bigint,
      bigint,
    ];
    const [b0, b2] = [(c3 * inverse(m0)) & WORD, (c1 * inverse(m1)) & WORD];
    [c0, c1, c2, c3] = [b0, c0 ^ ((m1 * b2) >> 32n) ^ k0, b2, c2 ^ ((m0 * b0) >> 32n) ^ k1];
  }
  return [c0, c1, c2, c3].map(Number) as Words;
}

const WORD = 0xffffffffn;

/** 1/m modulo 2³² of an odd m, by Newton's iteration: right digits double, from 3. */
function inverse(m: bigint): bigint {
  let x = m;
  for (let i = 0; i < 4; i++) x = (x * (2n - m * x)) & WORD;
  return x;
}

function rotr(x: number, k: number): number {
  return (x >>> k) | (x << (32 - k));
}
