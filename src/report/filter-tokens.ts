import { UsageError } from '../errors.ts';

export type Token =
  | { readonly kind: 'number'; readonly at: number; readonly text: string; readonly value: number }
  | { readonly kind: 'word'; readonly at: number; readonly text: string }
  | { readonly kind: 'string'; readonly at: number; readonly text: string; readonly value: string }
  | { readonly kind: 'symbol'; readonly at: number; readonly text: string }
  | { readonly kind: 'end'; readonly at: number; readonly text: '' };

/** Functions of one number. */
export const FUNCTIONS = ['abs', 'sqrt', 'exp', 'log'] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/** Words with a meaning of their own, in any case. */
export const KEYWORDS = ['and', 'or', 'not', 'in', 'is', 'null', 'like', ...FUNCTIONS] as const;

const BLANK = /\s*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const WORD = /[\p{L}_][\p{L}\p{N}_.]*/uy;
const SYMBOL = /==|!=|<=|>=|[=<>(),+*/-]/y;
const AFTER_NUMBER = /[\p{L}\p{N}_.]/u;

/** An expression, and the option that it was given with. */
export interface Source {
  readonly text: string;
  readonly option: string;
}

/** What is shown of an expression to either side of a problem in it. */
const AROUND = 200;

/** A problem in an expression, with a mark under the place. */
export function expressionError(
  { text, option }: Source,
  at: number,
  { remedy, ...parts }: { received?: string; allowed?: string; remedy?: string | undefined },
): UsageError {
  const from = Math.max(0, at - AROUND);
  const mark = `\n    ${text.slice(from, at + AROUND)}\n    ${' '.repeat(at - from)}^`;
  const received = parts.received === undefined ? {} : { received: parts.received.slice(0, AROUND) };
  const last = remedy === undefined ? { allowed: `${parts.allowed ?? ''}${mark}` } : { remedy: `${remedy}${mark}` };
  return new UsageError({ ...parts, ...received, ...last, where: `${option}, column ${at + 1}` });
}

/** Cuts a filter expression into tokens; the last one is `end`. */
export function tokenize(source: Source): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  for (;;) {
    at += take(BLANK)?.length ?? 0;
    if (at >= text.length) return [...tokens, { kind: 'end', at, text: '' }];
    const token = read(source, at, take);
    tokens.push(token);
    at += token.text.length;
  }
}

function read(source: Source, at: number, take: (pattern: RegExp) => string | null): Token {
  const quote = source.text[at];
  if (quote === '"' || quote === "'") return readString(source, at, quote);
  const number = take(NUMBER);
  if (number !== null) {
    if (AFTER_NUMBER.test(source.text[at + number.length] ?? ' '))
      throw expressionError(source, at + number.length, {
        allowed: 'a number',
        remedy: 'put quotes around other words',
      });
    return { kind: 'number', at, text: number, value: Number(number) };
  }
  const word = take(WORD);
  if (word !== null) return { kind: 'word', at, text: word + labelRest(source.text, at, word) };
  const symbol = take(SYMBOL);
  if (symbol !== null) return { kind: 'symbol', at, text: symbol };
  throw expressionError(source, at, {
    received: JSON.stringify(quote),
    allowed: `columns, numbers, labels, + - * /, = != < <= > >=, and, or, not, in (…), is null, like, ${FUNCTIONS.join(', ')}`,
  });
}

function readString(source: Source, at: number, quote: string): Token {
  const { text } = source;
  const end = text.indexOf(quote, at + 1);
  if (end < 0)
    throw expressionError(source, at, { received: `a ${quote} without its end`, remedy: `close the ${quote}` });
  return { kind: 'string', at, text: text.slice(at, end + 1), value: text.slice(at + 1, end) };
}

/** The parameters of a label written without quotes, `bernoulli(p=0.1, raw)`: a parenthesis that touches its word. */
function labelRest(text: string, at: number, word: string): string {
  const open = at + word.length;
  if (text[open] !== '(' || (KEYWORDS as readonly string[]).includes(word.toLowerCase())) return '';
  const close = text.indexOf(')', open);
  return close < 0 ? '' : text.slice(open, close + 1);
}
