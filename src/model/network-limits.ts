/** Batches come in strips of four columns, four strips at a time (src/kernel/assembly/reflections.ts). */
export const BATCH_STEP = 16;
export const LARGEST_BATCH = 1024;
/** Panels of draws are numbered (replicate, layer, panel of 64 columns): 16, 10 and 6 bits of a word. */
export const MOST_REPLICATES = 65_536;
export const LARGEST_DEPTH = 1024;
export const LARGEST_WIDTH = 4096;
/** Singular values of a Jacobian take some width³ operations. */
export const LARGEST_JACOBIAN = 512;
