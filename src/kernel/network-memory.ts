import { COLUMNS, RUN } from './kernel.ts';

/** Bytes of 64 units × 128 indices of draws (assembly/layout.ts). */
export const PANEL_BYTES = 16 * 2112;
/** Weights kept for the way back, at most; those of further layers are drawn twice. */
const KEPT_BYTES = 48 * 2 ** 20;

/** Bytes of one layer's weights as assembly/matrices.ts and reflections.ts lay them. */
export function matrixBytes(width: number, orthogonal: boolean): number {
  if (orthogonal) return 4 * (width * width + 2 * width);
  return Math.ceil(width / COLUMNS) * Math.ceil(width / RUN) * PANEL_BYTES;
}

/** Bytes from strip to strip: whole tiles of four rows, and a cache line so that strips do not share cache sets. */
export const strideOf = (width: number): number => 16 * (4 * Math.ceil(width / 4)) + 64;

/** Layers whose weights lie in memory together. */
export function slotCount(width: number, depth: number, orthogonal: boolean): number {
  return Math.min(depth, Math.max(1, Math.floor(KEPT_BYTES / matrixBytes(width, orthogonal))));
}
