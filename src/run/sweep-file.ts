import { experimentIn } from '../config/config-of.ts';
import { readExpectations } from '../config/expectations.ts';
import { RunDirectoryError } from '../errors.ts';
import type { Expectations } from '../model/expect-spec.ts';
import type { Spec } from '../model/experiment-spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import type { Shard } from '../sweep/shard.ts';
import { has, isDigest, isRecord, isShard, isText } from './json-checks.ts';
import { readOwnFile } from './own-file.ts';

/** The content of `sweep.json`: what was asked for, and the identity of the results. */
export interface SweepFile {
  readonly kernel: string;
  readonly plan: string;
  readonly draws: string;
  /** The share of the blocks that is run here, null for all of them. */
  readonly shard: Shard | null;
  /** As it is in the file: whether it is a sweep, its digest in `plan` says. */
  readonly spec: Spec;
  /** SHA-256 of the files under `data/`, by the digest of the data that they hold. */
  readonly data: Readonly<Record<string, string>>;
  /** What its tables are expected to show; no part of the plan. */
  readonly expectations?: Expectations;
}

/** What a `sweep.json` holds, null where there is none. @throws RunDirectoryError when it is damaged */
export function readSweepFile(file: string): SweepFile | null {
  const bytes = readOwnFile(file);
  if (bytes === null) return null;
  try {
    const content: unknown = JSON.parse(bytes.toString());
    // What is nested too deeply to be written again is refused here.
    canonicalJson(content);
    if (isSweepFile(content)) return content;
  } catch {}
  throw new RunDirectoryError({
    where: file,
    received: 'a damaged file, or one of another program',
    allowed: 'what `initsweep run` writes',
    remedy: 'run the sweep again into another directory, or remove this file',
  });
}

function isSweepFile(value: unknown): value is SweepFile {
  return (
    isRecord(value) &&
    has(value, ['kernel', 'plan', 'draws'], isText) &&
    (value['shard'] === null || isShard(value['shard'])) &&
    isRecord(value['spec']) &&
    readExpectations(value['expectations'], experimentIn(value['spec'])) !== null &&
    isRecord(value['data']) &&
    Object.entries(value['data']).flat().every(isDigest)
  );
}
