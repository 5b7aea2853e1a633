import { expect, it } from 'vitest';
import { formatBytes } from '../../../src/report/size-format.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [999.6, '1.00 kB'],
  [1000, '1.00 kB'],
  [12_088_802, '12.1 MB'],
  [999_499_999, '999 MB'],
  [999_500_000, '1.00 GB'],
  [38.3e9, '38.3 GB'],
  [5e15, '5.00e+3 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
