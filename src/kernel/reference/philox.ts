/** Philox4x32-10 (Salmon et al. 2011, “Parallel random numbers: as easy as 1, 2, 3”): four words of a counter under a key of two. */
export function philox4x32(counter: readonly number[], key: readonly number[]): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    const high = (highWord(0xcd9e8d57, c2) ^ c1 ^ k0) >>> 0;
    const middle = (highWord(0xd2511f53, c0) ^ c3 ^ k1) >>> 0;
    [c0, c1, c2, c3] = [high, Math.imul(0xcd9e8d57, c2) >>> 0, middle, Math.imul(0xd2511f53, c0) >>> 0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** ⌊a·b/2³²⌋ of two words, from the halves of b: every partial result is an exact double. */
export function highWord(a: number, b: number): number {
  const upper = a * (b >>> 16) + Math.floor((a * (b & 0xffff)) / 65536);
  return Math.floor(upper / 65536);
}
