import type * as z from 'zod';
import { describeValue } from '../errors.ts';
import { unsay } from './fields.ts';
import type { Path, Problem } from './problems.ts';
import { didYouMean, nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** Turns zod's issues about `input` into problems, each at its own path. */
export function problemsOf(issues: readonly Issue[], input: unknown): readonly Problem[] {
  const found = issues.flatMap((issue) => explain(issue, [], input));
  // One problem a place: what is not even a number need not be told that it is repeated, too.
  const first = new Map(found.toReversed().map((p) => [JSON.stringify(p.path), p]));
  return withoutConsequences([...first.values()].toReversed());
}

function explain(issue: Issue, base: Path, input: unknown): readonly Problem[] {
  const path = [...base, ...(issue.path as Path)];
  const value = valueAt(input, path);
  const { allowed, remedy } = unsay(issue.message);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], allowed));
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((errors) => !errors.some((e) => isMismatch(e, value)));
    if (branch !== undefined) return branch.flatMap((e) => explain(e, path, input));
  }
  // Of values that are each allowed but don't go together, only the schema can say what was received.
  const received = issue.code === 'custom' ? issue.params?.['received'] : undefined;
  const hint = didYouMean(value, namesIn(issue)) ?? remedy;
  return [
    { path, received: received ?? describeValue(value), allowed, ...(hint === undefined ? {} : { remedy: hint }) },
  ];
}

function unknownKey(path: Path, allowed: string): Problem {
  const hint = didYouMean(path.at(-1), allowed.split(', '));
  const problem: Problem = { path, key: true, received: 'an unknown key', allowed };
  return hint === undefined ? problem : { ...problem, remedy: hint };
}

/** Whether an issue says that a value is of another kind altogether, so that a union's other branches were meant. */
function isMismatch(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_type') return issue.expected !== 'int' || typeof value !== 'number';
  if (issue.code === 'invalid_value') return typeof issue.values[0] !== typeof value;
  if (issue.code === 'invalid_union')
    return issue.errors.length > 0 && issue.errors.every((branch) => branch.some((e) => isMismatch(e, value)));
  return false;
}

/** The names that would have been right, for "did you mean". */
function namesIn(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union')
    return issue.errors.length === 0 && 'options' in issue && Array.isArray(issue.options)
      ? issue.options.map(String)
      : issue.errors.flatMap((branch) => branch.flatMap(namesIn));
  return [];
}

/** A key that is missing because it was misspelt is one problem, not two. */
function withoutConsequences(problems: readonly Problem[]): readonly Problem[] {
  const parent = (path: Path): string => JSON.stringify(path.slice(0, -1));
  const meant = new Set<string>();
  for (const { path, key, allowed } of problems)
    if (key === true && allowed !== undefined)
      meant.add(`${parent(path)} ${nearest(String(path.at(-1)), allowed.split(', '))}`);
  return problems.filter((p) => p.received !== 'nothing' || !meant.has(`${parent(p.path)} ${p.path.at(-1)}`));
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
