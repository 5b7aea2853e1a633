/**
 * Seeded random numbers for tests: xoshiro128++ (Blackman & Vigna 2021) seeded through a 32-bit finaliser. Written apart from
 * the program's own generators, so that it can judge them.
 */
export class TestRandom {
  readonly #state = new Uint32Array(4);
  #spare: number | null = null;

  constructor(seed: number) {
    for (let i = 0; i < 4; i++) {
      // MurmurHash3's finaliser over a Weyl sequence.
      let h = (seed + Math.imul(i + 1, 0x9e3779b9)) >>> 0;
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
      this.#state[i] = h ^ (h >>> 16);
    }
    for (let i = 0; i < 16; i++) this.word();
  }

  /** 32 random bits, unsigned. */
  word(): number {
    const s = this.#state;
    // One by one: destructuring goes through an iterator, at five times the cost of all the rest.
    let a = s[0] as number;
    let b = s[1] as number;
    let c = s[2] as number;
    let d = s[3] as number;
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    s[0] = a;
    s[1] = b;
    s[2] = c;
    s[3] = d;
    return result;
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    return (this.word() + 0.5) * 2 ** -32;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Student's t, by Bailey's polar form (1994). */
  studentT(df: number): number {
    const u = this.uniform();
    return Math.sqrt(df * (u ** (-2 / df) - 1)) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** −1 or 1. */
  sign(): number {
    return this.word() >>> 31 === 0 ? 1 : -1;
  }
}
