import { describe, expect, it } from 'vitest';
import { isRecord, writeRecord, zeroTally } from '../../../src/stats/record.ts';

describe('the size of a record', () => {
  it('is that of its number of bins, perhaps padded', () => {
    const record = writeRecord(zeroTally(64));
    expect(record.byteLength).toBe(70);
    expect(isRecord(record)).toBe(true);
    for (const [bins, bytes, is] of [
      [1, 69, false],
      [1, 72, true],
      [1, 78, false],
      [2, 70, false],
      [2 ** 32 - 1, 70, false],
      [0, 0, false],
      [0, 47, false],
      [0, 48, true],
    ] as const) {
      const bytesOfIt = new Uint8Array(bytes);
      if (bytes >= 4) new DataView(bytesOfIt.buffer).setUint32(0, bins, true);
      expect(isRecord(bytesOfIt), `${bins} bins in ${bytes} bytes`).toBe(is);
    }
  });
});
