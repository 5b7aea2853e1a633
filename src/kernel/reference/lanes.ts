import { philox4x32 } from './philox.ts';

const LANES = 8;
/** Outputs of each lane thrown away after keying. */
const DISCARD = 4;

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Eight xoshiro128++ generators (Blackman & Vigna 2021) side by side: each step gives one word of each. */
export class Lanes {
  /** State word w of lane l is at 8·w + l. */
  readonly #state: Int32Array;

  constructor(state: ArrayLike<number>) {
    this.#state = Int32Array.from(state);
  }

  /**
   * The lanes of one run of one panel. Philox is a bijection of the counter (panel, run·8 + lane, key₂, key₃) under
   * (key₀, key₁), so that no two lanes, runs or panels of a key share a state.
   */
  static keyed(key: Uint32Array, panel: number, run: number): Lanes {
    const [k0, k1, k2, k3] = key as unknown as [number, number, number, number];
    const state = new Int32Array(4 * LANES);
    for (let lane = 0; lane < LANES; lane++) {
      const words = philox4x32([panel, (run * LANES + lane) >>> 0, k2, k3], [k0, k1]);
      if (words.every((word) => word === 0)) words[3] = 1; // the one state that never moves
      words.forEach((word, w) => {
        state[w * LANES + lane] = word;
      });
    }
    const lanes = new Lanes(state);
    lanes.words(DISCARD);
    return lanes;
  }

  /** `steps` outputs of every lane, lane by lane within a step. */
  words(steps: number): Uint32Array {
    const out = new Uint32Array(steps * LANES);
    for (let i = 0; i < out.length; i++) out[i] = this.#next(i % LANES);
    return out;
  }

  #next(lane: number): number {
    const s = this.#state;
    const [i0, i1, i2, i3] = [lane, lane + LANES, lane + 2 * LANES, lane + 3 * LANES] as const;
    let [s0, s1, s2, s3] = [s[i0], s[i1], s[i2], s[i3]] as [number, number, number, number];
    const result = rotl((s0 + s3) | 0, 7) + s0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotl(s3, 11);
    s[i0] = s0;
    s[i1] = s1;
    s[i2] = s2;
    s[i3] = s3;
    return result >>> 0;
  }
}
