// Sizes and record layouts shared by the kernel's parts; src/kernel/wasm.ts writes the same records from outside.

/** Columns drawn side by side: 64 / side replicates, each of `side` weight vectors and `side` input vectors. */
export const COLUMNS: i32 = 64;
/** Indices after which the generator is keyed anew, so that a fan-in's draws depend on no other fan-in. */
export const RUN: i32 = 128;
/** Vectors of four columns. */
export const STRIPS: usize = 16;
/** Bytes of one index over all columns. */
export const ROW: usize = 16 * STRIPS;
/** Bytes from one strip to the next: RUN vectors and one cache line, so that strips do not share cache sets. */
export const STRIP: usize = 2112;

// A sampler record.
export const SAMPLER_BYTES: usize = 96;
export const S_KIND: usize = 0;
export const S_PARAM: usize = 4; // f32
export const S_INTEGER: usize = 8; // u32: threshold, table length, row length
export const S_SCALE: usize = 12; // f32
export const S_SHIFT: usize = 16; // f32
export const S_TABLE: usize = 20; // pointer
export const S_COUNT: usize = 24; // u32: rows of a table of rows
export const S_LAST: usize = 28; // largest fan-in that needs this sampler
export const S_KEY: usize = 32; // u32 × 4
export const S_PANEL: usize = 48; // pointer to STRIPS × STRIP bytes of draws
export const S_CARRY: usize = 52; // pointer to 64 words kept over the runs of a panel
export const S_NORMS: usize = 56; // pointer to 64 f32, running Σg² of each column, or 0

// A pair record: one (weight shape, input).
export const PAIR_BYTES: usize = 32;
export const P_WEIGHT: usize = 0; // pointer to its sampler
export const P_INPUT: usize = 4; // pointer to its sampler
export const P_SUMS: usize = 8; // pointer to COLUMNS × side f32 running sums
export const P_LAST: usize = 12; // its largest fan-in
export const P_TABLES: usize = 16; // pointer to one table pointer for each step, 0 where not asked for
export const P_ORTHOGONAL: usize = 20; // 1 where weight vectors are divided by their norms

// A histogram table: four vectors of running extremes, then the bins.
export const T_MIN: usize = 0; // f32 × 4
export const T_MAX: usize = 16; // f32 × 4
export const T_LEAST: usize = 32; // u32 × 4, least |z| as bits
export const T_BINS: usize = 64;
export const TABLE_BYTES: usize = 64 + 8192 * 16;

// A tally record, as `extract` packs it and the arena keeps it: header, then the lists one after another.
export const R_BINS: usize = 0; // u32
export const R_COUNT: usize = 4; // u32
export const R_LISTS: usize = 48;
