import { ConfigError, type MessageParts } from '../errors.ts';

/** Keys and indices from the top of the config down to a value. */
export type Path = readonly (string | number)[];

/** One thing wrong with a config. */
export interface Problem extends Omit<MessageParts, 'where'> {
  readonly path: Path;
  /** The key itself is at fault, not its value. */
  readonly key?: boolean;
  /** A place beyond the path: in a data file. */
  readonly detail?: string;
  /** In place of file and line: the option that gave the value. */
  readonly option?: string;
  /** Where the text is wrong, for what has no path (syntax). */
  readonly at?: Position;
}

/** A place in the config's text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds a path in the text; null where there is no text (configs given as objects). */
export type Locate = (path: Path, part: 'key' | 'value') => Position | null;

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;
const MOST_PROBLEMS = 50;

/** `inputs[3].rho` */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (PLAIN_KEY.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step.slice(0, 60))}]`;
  }
  return text;
}

/** The error that reports all problems, one a line, in the order of the text. */
export function configError(problems: readonly Problem[], file: string | null, locate: Locate | null): ConfigError {
  const placed = problems.map((problem) => {
    const position =
      problem.option !== undefined
        ? null
        : (problem.at ?? locate?.(problem.path, problem.key === true ? 'key' : 'value') ?? null);
    return { position, parts: messageParts(problem, file, position) };
  });
  const byPlace = placed.toSorted(
    (a, b) =>
      (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
  const shown: MessageParts[] = byPlace.slice(0, MOST_PROBLEMS).map((p) => p.parts);
  if (byPlace.length > MOST_PROBLEMS) shown.push({ remedy: `… and ${byPlace.length - MOST_PROBLEMS} more problems` });
  return new ConfigError(shown);
}

function messageParts(problem: Problem, file: string | null, at: Position | null): MessageParts {
  const { path, detail, option, received, allowed, remedy } = problem;
  const place = [file, at?.line, at?.column].filter((part) => part !== null && part !== undefined).join(':');
  const config = [option ?? place, pathText(path)].filter((part) => part !== '').join(' ');
  const where = [config, detail ?? ''].filter((part) => part !== '').join(', ');
  return {
    ...(where === '' ? {} : { where }),
    ...(received === undefined ? {} : { received }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
