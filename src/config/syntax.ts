import { Composer, type CST, type Document, LineCounter, Parser } from 'yaml';
import type { Position, Problem } from './problems.ts';

/** Configs are a page long; these limits only stop hostile ones. */
export const TEXT_LIMIT = 1 << 20;
export const DEPTH_LIMIT = 16;
const ERRORS_SHOWN = 5;

/** Text as YAML 1.2 nodes (JSON is YAML), or the reasons why it isn't. */
export interface Syntax {
  readonly document: Document | null;
  readonly problems: readonly Problem[];
  position(offset: number): Position;
}

/** Parses one document. Never throws, and never recurses deeper than {@link DEPTH_LIMIT}. */
export function parseSyntax(text: string): Syntax {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const failed = (...problems: Problem[]): Syntax => ({ document: null, problems, position });
  const bytes = Buffer.byteLength(text);
  if (bytes > TEXT_LIMIT)
    return failed({ path: [], received: `a config of ${bytes} bytes`, allowed: `at most ${TEXT_LIMIT} bytes` });

  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  // The composer recurses, so depth is bounded before it runs.
  const deep = tooDeep(tokens);
  if (deep !== null)
    return failed({
      path: [],
      at: position(deep),
      remedy: `nested too deeply; at most ${DEPTH_LIMIT} levels are allowed`,
    });
  const comment = slashComment(text, tokens);
  if (comment !== null)
    return failed({
      path: [],
      at: position(comment),
      received: `a comment with ${text.slice(comment, comment + 2)}`,
      allowed: 'comments with #, as in YAML: JSON has none',
      remedy: 'begin it with #, or remove it',
    });
  const composer = new Composer({
    // Integers above 2^53 must be refused, not rounded.
    intAsBigInt: true,
    prettyErrors: false,
    // Duplicates are found later, in linear time; the composer's own check is quadratic.
    uniqueKeys: false,
    schema: 'core',
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  // Warnings are about unknown tags, which would be ignored.
  const problems = documents
    .flatMap((d) => [...d.errors, ...d.warnings])
    .slice(0, ERRORS_SHOWN)
    .map((e) => ({ path: [], at: position(e.pos[0]), remedy: `not valid YAML or JSON: ${oneLine(e.message)}` }));
  const [document, second] = documents;
  if (problems.length > 0 || document === undefined) return failed(...problems);
  if (second !== undefined)
    return failed({
      path: [],
      at: position(second.range[0]),
      remedy: 'a second YAML document starts here; keep one sweep a file',
    });
  return { document, problems, position };
}

const oneLine = (message: string): string => message.replace(/\s+/g, ' ').slice(0, 200);

/** Offset of a token nested too deeply, or null. */
function tooDeep(tokens: readonly CST.Token[]): number | null {
  for (const { token, depth } of walk(tokens)) if (depth > DEPTH_LIMIT) return token.offset;
  return null;
}

/** Offset of the first comment as JavaScript has them, in a text written as JSON; YAML takes it for a part of a key or value. */
function slashComment(text: string, tokens: readonly CST.Token[]): number | null {
  if (!/^\s*(?:[{[]|\/[/*])/.test(text)) return null;
  let first: number | null = null;
  for (const { token } of walk(tokens)) {
    if (token.type !== 'scalar') continue;
    const at = /(?<!\S)\/[/*]/.exec(token.source)?.index;
    if (at !== undefined) first = Math.min(first ?? Number.POSITIVE_INFINITY, token.offset + at);
  }
  return first;
}

function* walk(tokens: readonly CST.Token[]): Generator<{ readonly token: CST.Token; readonly depth: number }> {
  const stack = tokens.map((token) => ({ token, depth: 0 }));
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    yield entry;
    const { token, depth } = entry;
    if (token.type === 'document') {
      if (token.value !== undefined) stack.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const item of token.items) {
        if (item.key !== undefined && item.key !== null) stack.push({ token: item.key, depth: depth + 1 });
        if (item.value !== undefined) stack.push({ token: item.value, depth: depth + 1 });
      }
    }
  }
}
