import { COLUMNS, RUN } from './kernel.ts';

/** Bytes of 64 units × 128 indices of draws (assembly/layout.ts). */
export const PANEL_BYTES = 16 * 2112;

/** Bytes of one layer's weights as assembly/matrices.ts and reflections.ts lay them. */
export function matrixBytes(width: number, orthogonal: boolean): number {
  if (orthogonal) return 4 * (width * width + 2 * width);
  return Math.ceil(width / COLUMNS) * Math.ceil(width / RUN) * PANEL_BYTES;
}

/** Bytes from strip to strip: whole tiles of four rows, and a cache line so that strips do not share cache sets. */
export const strideOf = (width: number): number => 16 * (4 * Math.ceil(width / 4)) + 64;
