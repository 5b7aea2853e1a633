export { readRun, type StoredRun } from './api/read-run.ts';
export {
  type SweepOptions,
  type SweepProgress,
  type SweepResult,
  type SweepRun,
  sweep,
} from './api/sweep.ts';
export type {
  AnyConfig,
  ArmConfig,
  ArmOptions,
  AxisConfig,
  AxisRangeConfig,
  ClaimConfig,
  DepthConfig,
  ExpectConfig,
  ModelConfig,
  PrecisionConfig,
  SweepConfig,
  TrainingConfig,
} from './config/sweep-config.ts';
export {
  ConfigError,
  EXIT,
  type ExitCode,
  InitsweepError,
  type MessageParts,
  RunDirectoryError,
  RunError,
  StoppedError,
  TaskError,
  UsageError,
} from './errors.ts';
export type { PrecisionCells, PrecisionSpec, SweepSpec } from './model/spec.ts';
export type { StatisticTests, VerifyTest } from './run/family.ts';
export type { FailedBlock } from './run/faults.ts';
export type { Manifest, RunOrigin, TableEntry } from './run/manifest.ts';
export type { Skipped, VerifyReport } from './run/verify.ts';
export { type RunVerifyReport, verifyDirectory as verifyRun } from './run/verify-run.ts';
export { NOTES, STATISTICS, type Statistic, type StatisticName, THEORY_KINDS } from './stats/statistics.ts';
export type { EstimateField, EstimateTable } from './tables/estimate-reader.ts';
