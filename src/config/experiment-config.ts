import type * as z from 'zod';
import type { Spec } from '../model/experiment-spec.ts';
import type { Datasets } from '../model/spec.ts';
import type { DataAccess } from './data/dataset.ts';
import type { ParsedExpectations } from './expectations.ts';
import type { Problem } from './problems.ts';

/** A config as far as its schema checks it. */
export type ParsedConfig = ParsedExpectations & { readonly experiment: Spec['experiment'] };

/** How the configs of one experiment are read. */
export interface ExperimentConfig {
  /** Every key. Built on first use: it takes a few milliseconds. */
  readonly schema: () => z.ZodType<ParsedConfig> & { readonly shape: z.ZodRawShape };
  /** Reads data files, and checks what concerns several keys at once. Given what its own schema has parsed. */
  readonly resolve: (parsed: never, access: DataAccess) => Promise<ResolvedConfig>;
  /** Whether a value is a sweep as a config is read into one. */
  readonly isSweep: (value: unknown) => boolean;
}

export interface ResolvedConfig {
  /** Null where a file that says what it is cannot be read. */
  readonly spec: Spec | null;
  readonly datasets: Datasets;
  readonly problems: readonly Problem[];
}
