import { createReadStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { ConfigError } from '../errors.ts';
import type { Expectations } from '../model/expect-spec.ts';
import type { Spec } from '../model/experiment-spec.ts';
import type { Datasets, SweepSpec } from '../model/spec.ts';
import { configOf } from './config-of.ts';
import type { ColumnReader } from './data/numeric-table.ts';
import { readDocument } from './document.ts';
import { resolveExpectations } from './expectations.ts';
import { explainForeignKeys } from './foreign-keys.ts';
import { problemsOf } from './issues.ts';
import { configError, type Locate, type Problem } from './problems.ts';
import { deepFreeze } from './resolve.ts';
import { sweepProblems } from './sweep-problems.ts';
import { type SweepSchema, sweepSchema } from './sweep-schema.ts';
import { TEXT_LIMIT } from './syntax.ts';

/** A config, checked: the sweep, and the values of the data files that it names. */
export interface LoadedSweep<S extends Spec = Spec> {
  /** Frozen, with defaults filled in. */
  readonly spec: S;
  readonly datasets: Datasets;
  /** What the tables of the run are expected to show; not given where that is as it was. */
  readonly expectations?: Expectations;
}

export interface LoadOptions {
  /** Reads Arrow data files (`readArrowColumns` of `tables/`, which this folder may not import). */
  readonly readArrow?: ColumnReader;
  /** What is wrong with expectations beside the tables that the sweep will have (`report/`, which this folder may not import). */
  readonly checkExpectations?: (expectations: Expectations, spec: Spec) => Promise<readonly Problem[]>;
  /** Values that replace the config's own, by key, as given on the command line. */
  readonly overrides?: Readonly<Partial<Record<'name' | 'seed' | 'samples' | 'blocks', unknown>>>;
}

/** Reads a sweep from a YAML or JSON file. @throws ConfigError listing everything that is wrong with it */
export async function loadSweep(path: string, options: LoadOptions = {}): Promise<LoadedSweep> {
  return readSweep(() => createReadStream(path), { ...options, file: path, directory: dirname(resolve(path)) });
}

/** Reads a sweep from the bytes of YAML or JSON. @throws ConfigError listing everything that is wrong with it */
export async function readSweep(open: () => AsyncIterable<Buffer>, options: ParseOptions): Promise<LoadedSweep> {
  return parseSweep(await readText(open, options.file), options);
}

async function readText(open: () => AsyncIterable<Buffer>, path: string): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    // Not by its size: a pipe has none, and a device no end.
    for await (const chunk of open()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > TEXT_LIMIT)
        throw new ConfigError({
          where: path,
          received: 'more than that',
          allowed: `a config of at most ${TEXT_LIMIT} bytes`,
        });
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      throw new ConfigError({ where: path, received: 'no such file', allowed: 'a sweep in YAML or JSON' });
    if (code === 'EISDIR')
      throw new ConfigError({ where: path, received: 'a directory', allowed: 'a sweep in YAML or JSON' });
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new ConfigError({ where: path, received: 'bytes that are not UTF-8', allowed: 'a text file in UTF-8' });
    throw new ConfigError({ where: path, remedy: `cannot be read: ${error instanceof Error ? error.message : error}` });
  }
}

export interface ParseOptions extends LoadOptions {
  /** Name of the text in messages. */
  readonly file: string;
  /** Where data files are looked for. */
  readonly directory: string;
}

/** Reads a sweep from YAML or JSON text. @throws ConfigError listing everything that is wrong with it */
export async function parseSweep(text: string, options: ParseOptions): Promise<LoadedSweep> {
  const document = readDocument(text);
  if (document.value === undefined) throw configError(document.problems, options.file, document.locate);
  return check(document.value, document.problems, options, options.file, document.locate);
}

/**
 * Reads a sweep from an object, as a program gives it: the same keys and checks as in a file. Data files are looked for from
 * `directory`, the working directory by default. @throws ConfigError listing everything that is wrong with it
 */
export async function sweepFromObject(
  object: unknown,
  options: LoadOptions & { readonly directory?: string } = {},
): Promise<LoadedSweep> {
  return check(object, [], { ...options, directory: options.directory ?? process.cwd() }, null, null);
}

async function check(
  given: unknown,
  known: readonly Problem[],
  options: LoadOptions & { readonly directory: string },
  file: string | null,
  locate: Locate | null,
): Promise<LoadedSweep> {
  const overrides = definedOnly(options.overrides ?? {});
  const fail = (problems: readonly Problem[]): never => {
    throw configError(
      problems.map((p) =>
        Object.hasOwn(overrides, String(p.path[0])) ? { ...p, option: `--${p.path[0]}`, path: p.path.slice(1) } : p,
      ),
      file,
      locate,
    );
  };
  const value = withOverrides(given, overrides);
  const config = configOf(value);
  const parsed = config.schema().safeParse(value);
  if (!parsed.success || known.length > 0)
    return fail([
      ...known,
      ...(parsed.success ? [] : explainForeignKeys(problemsOf(parsed.error.issues, value), value)),
    ]);
  const access = { directory: options.directory, readArrow: options.readArrow ?? null };
  // What its own schema has parsed, it takes.
  const { spec, datasets, problems } = await config.resolve(parsed.data as never, access);
  const resolved = resolveExpectations(parsed.data, parsed.data.experiment);
  const wrong = [...problems, ...resolved.problems];
  if (wrong.length > 0 || spec === null) return fail(wrong);
  const expectations = deepFreeze(resolved.expectations);
  const unfit = (await options.checkExpectations?.(expectations, spec)) ?? [];
  return unfit.length > 0 ? fail(unfit) : { spec, datasets, expectations };
}

/** A sweep of a layer put together from parts that were checked one by one, frozen. @throws ConfigError when they don't go together */
export function checkSpec(spec: SweepSpec): SweepSpec {
  const problems = sweepProblems(spec);
  if (problems.length > 0) throw configError(problems, null, null);
  return deepFreeze(spec);
}

const definedOnly = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

/** What is not an object stays as it is, for the schema to refuse. */
function withOverrides(given: unknown, overrides: Readonly<Record<string, unknown>>): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const seed = 'seed' in given && typeof given.seed === 'bigint' ? { seed: String(given.seed) } : {};
  return { ...given, ...seed, ...overrides };
}

/** Keys whose values may also be given alone, as `derive` takes them on the command line: they need no new draws. */
export type FieldName = 'fanOut' | 'initializers' | 'activations' | 'beta';

/**
 * Reads the value of one key from YAML text (`[0.5, 1]`, `{from: 0.1, to: 10, count: 5, scale: log}`, `relu`).
 * @param where names the text in messages, such as an option
 * @throws ConfigError listing everything that is wrong with it
 */
export function parseField<Name extends FieldName>(
  name: Name,
  text: string,
  where: string,
): z.output<SweepSchema['shape'][Name]> {
  const document = readDocument(text);
  const field: SweepSchema['shape'][Name] = sweepSchema().shape[name];
  const parsed = field.safeParse(document.value);
  const problems =
    document.problems.length > 0 || parsed.success
      ? document.problems
      : problemsOf(parsed.error.issues, document.value);
  if (problems.length > 0 || !parsed.success)
    throw configError(
      problems.map((p) => ({ ...p, option: where })),
      null,
      null,
    );
  return parsed.data as z.output<SweepSchema['shape'][Name]>;
}
