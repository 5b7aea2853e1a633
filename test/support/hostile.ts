import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { InitsweepError } from '../../src/errors.ts';

// Disks that are busy with other things take their time.
vi.setConfig({ testTimeout: 120_000 });

const SEED = process.env['FUZZ_SEED'];
const TIMES = Number(process.env['FUZZ_TIMES'] ?? 1);

/** The seed and number of a test's cases. `FUZZ_SEED=7 FUZZ_TIMES=20 npx vitest run test/fuzz` looks further. */
export function cases(seed: number, numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: SEED === undefined ? seed : Number(SEED), numRuns: TIMES * numRuns };
}

/** What came of bad input: a value, or the error that it was refused with. */
export type Outcome<T> = { readonly value: T; readonly refusal: null } | { readonly refusal: InitsweepError };

/** Seconds that no single case may take, on a machine that is busy with other things. */
const LONGEST = 20;

/** Nothing of the libraries' or of the language's shows through a message. */
export function expectReadable(message: string): void {
  expect(message).not.toBe('');
  expect(message).not.toMatch(
    /\bundefined\b|\[object|(?<!received )\bNaN\b|\bat \S+:\d+:\d+|Cannot read prop|is not a function/,
  );
}

/** Runs `attempt`, which may refuse with an InitsweepError that reads well, in bounded time; anything else is a defect. */
export async function outcomeOf<T>(attempt: () => T | Promise<T>): Promise<Outcome<T>> {
  const start = performance.now();
  try {
    return { value: await attempt(), refusal: null };
  } catch (error) {
    if (!(error instanceof InitsweepError)) throw error;
    expectReadable(error.message);
    expect(error.message.length).toBeLessThan(20_000);
    return { refusal: error };
  } finally {
    expect((performance.now() - start) / 1000).toBeLessThan(LONGEST);
  }
}

/** How often cases were refused and accepted, so that a test can say that it saw both. */
export class Tally {
  refused = 0;
  accepted = 0;

  count(outcome: Outcome<unknown>): void {
    if (outcome.refusal === null) this.accepted++;
    else this.refused++;
  }
}

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

/** JSON values that programs trip over, as text: some (`-0`, `1e999`) only exist there. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-1',
    '0.5',
    '1e999',
    '-1e999',
    '1e-400',
    '9007199254740993',
    '2147483648',
    '1e15',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"../../x"',
    '"/etc/passwd"',
    '"__proto__"',
    '"constructor"',
    '[]',
    '{}',
    '[null]',
    '[[]]',
    '{"__proto__": {"x": 1}}',
    '{"constructor": {"prototype": {"x": 1}}}',
    '{"toString": 1, "length": 3}',
    '{"toJSON": "x", "then": 1}',
    nested('[', ']', 10_000),
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    `[${'0,'.repeat(20_000)}0]`,
    `"${'x'.repeat(100_000)}"`,
  ),
  fc.integer().map(String),
  fc.double().map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', maxLength: 12 }).map((value) => JSON.stringify(value)),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
);

type Path = readonly (string | number)[];

/** Paths to all values of a JSON value, its own included. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const steps = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [
    path,
    ...steps.flatMap((step) => pathsOf((value as Record<string | number, unknown>)[step], [...path, step])),
  ];
}

/** JSON text of `value` with the values at some paths replaced by raw text, or left out (null). */
function jsonWith(value: unknown, changes: ReadonlyMap<string, string | null>, path: Path = []): string | null {
  const change = changes.get(JSON.stringify(path));
  if (change !== undefined) return change;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const at = (item: unknown, step: string | number) => jsonWith(item, changes, [...path, step]);
  if (Array.isArray(value))
    return `[${value
      .map(at)
      .filter((text) => text !== null)
      .join(',')}]`;
  const entries = Object.entries(value).map(([key, item]) => [key, at(item, key)] as const);
  return `{${entries
    .filter(([, text]) => text !== null)
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`)
    .join(',')}}`;
}

/** Texts near `value`: one to three of its values replaced or left out, keys given twice, cut short, bytes changed. */
export function nearJson(value: unknown): fc.Arbitrary<string> {
  const paths = pathsOf(value);
  const text = JSON.stringify(value);
  const change = fc.tuple(
    fc.constantFrom(...paths).map((path) => JSON.stringify(path)),
    fc.oneof({ arbitrary: hostileJson, weight: 5 }, { arbitrary: fc.constant(null), weight: 1 }),
  );
  const changed = fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => jsonWith(value, new Map(changes)) ?? '');
  const twice = fc
    .tuple(fc.constantFrom(...Object.keys(value as object)), hostileJson)
    .map(([key, json]) => `${text.slice(0, -1)},${JSON.stringify(key)}:${json}}`);
  return fc.oneof(
    { arbitrary: changed, weight: 8 },
    { arbitrary: twice, weight: 1 },
    { arbitrary: fc.nat(text.length).map((length) => text.slice(0, length)), weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.nat(text.length - 1), fc.string({ unit: 'binary', maxLength: 3 }))
        .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at + 1)),
      weight: 1,
    },
  );
}

/** A position in a file of any size: a share of it, or bytes from its front or its end, where the facts are. */
interface Place {
  readonly of: 'share' | 'front' | 'end';
  readonly value: number;
}

/** One way in which bytes go bad. */
export type Damage =
  | { readonly kind: 'cut'; readonly at: Place }
  | { readonly kind: 'flip'; readonly bits: readonly (readonly [at: Place, bit: number])[] }
  | { readonly kind: 'word'; readonly at: Place; readonly word: number }
  | { readonly kind: 'hole'; readonly at: Place; readonly length: number; readonly value: number }
  | { readonly kind: 'splice'; readonly from: Place; readonly to: Place; readonly length: number }
  | { readonly kind: 'shift'; readonly at: Place; readonly added: readonly number[]; readonly gone: number };

/** What counts and offsets turn into. */
const WORDS = [0, 1, -1, 2, 7, 0x7fffffff, -0x80000000, 0x10000000, 0x00010000, 255, 4096];

const place: fc.Arbitrary<Place> = fc.oneof(
  fc.record({
    of: fc.constant('share' as const),
    value: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  }),
  fc.record({ of: fc.constant('front' as const), value: fc.nat(1024) }),
  fc.record({ of: fc.constant('end' as const), value: fc.oneof(fc.nat(64), fc.nat(40_000)) }),
);

export const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({
    kind: fc.constant('flip' as const),
    bits: fc.array(fc.tuple(place, fc.nat(7)), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('word' as const), at: place, word: fc.constantFrom(...WORDS) }),
  fc.record({
    kind: fc.constant('hole' as const),
    at: place,
    length: fc.integer({ min: 1, max: 600 }),
    value: fc.constantFrom(0, 255),
  }),
  fc.record({
    kind: fc.constant('splice' as const),
    from: place,
    to: place,
    length: fc.integer({ min: 4, max: 2000 }),
  }),
  fc.record({
    kind: fc.constant('shift' as const),
    at: place,
    added: fc.array(fc.nat(255), { maxLength: 16 }),
    gone: fc.nat(16),
  }),
);

/** A damaged copy of `whole`, which is not empty. */
export function damaged(whole: Buffer, harm: Damage): Buffer {
  const last = whole.length - 1;
  const at = ({ of, value }: Place): number =>
    of === 'share'
      ? Math.floor(value * whole.length)
      : of === 'front'
        ? Math.min(value, last)
        : Math.max(0, last - value);
  const copy = Buffer.from(whole);
  switch (harm.kind) {
    case 'cut':
      return copy.subarray(0, at(harm.at));
    case 'flip':
      for (const [where, bit] of harm.bits) copy[at(where)] = (copy[at(where)] as number) ^ (1 << bit);
      return copy;
    case 'word':
      copy.writeInt32LE(harm.word, Math.min(at(harm.at) & ~3, copy.length - 4));
      return copy;
    case 'hole':
      return copy.fill(harm.value, at(harm.at), Math.min(copy.length, at(harm.at) + harm.length));
    case 'splice':
      whole.copy(copy, at(harm.to), at(harm.from), at(harm.from) + harm.length);
      return copy;
    case 'shift':
      return Buffer.concat([
        whole.subarray(0, at(harm.at)),
        Buffer.from(harm.added),
        whole.subarray(at(harm.at) + harm.gone),
      ]);
  }
}

/** Most memory that this process ever had, in MB. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024;
}
