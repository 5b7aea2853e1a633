import { didYouMean } from '../config/suggest.ts';
import type { EstimateField } from '../tables/estimate-reader.ts';
import { isLabel } from './estimate-rows.ts';
import { expressionError, type Source, type Token, tokenize } from './filter-tokens.ts';

/** What an expression needs to know of a column: its name, and its labels if it holds such. */
export type ExpressionField = Pick<EstimateField, 'name' | 'values'>;

/** Operators, functions and parentheses, at most: what nests is read and tried by functions that call each other. */
const MOST_PARTS = 500;

const COMPARING = /^(?:==?|!=|<=?|>=?|and|or|not|in|is|like)$/i;

/** The tokens of an expression over the columns of a table, and how far they have been read. */
export class Cursor {
  readonly #source: Source;
  readonly #fields: ReadonlyMap<string, ExpressionField>;
  readonly #tokens: readonly Token[];
  #next = 0;
  #parts = 0;

  /** @throws UsageError that points at a character which starts no token */
  constructor(source: Source, fields: readonly ExpressionField[]) {
    this.#source = source;
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    this.#tokens = tokenize(source);
  }

  peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  /** Takes the next token when it is this keyword or symbol. */
  accept(text: string): boolean {
    const token = this.peek();
    const same = (token.kind === 'word' || token.kind === 'symbol') && token.text.toLowerCase() === text;
    if (same) this.#next++;
    return same;
  }

  /** As `accept`, for what makes the expression one part larger. */
  acceptPart(text: string): boolean {
    const token = this.peek();
    if (!this.accept(text)) return false;
    if (++this.#parts > MOST_PARTS)
      throw this.error(
        token,
        `at most ${MOST_PARTS} operators, functions and parentheses`,
        'for many levels, write in (…)',
      );
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.error(this.peek(), text);
  }

  /** @throws UsageError when anything is left */
  expectEnd(allowed: string): void {
    const rest = this.peek();
    if (rest.kind !== 'end') throw this.error(rest, allowed);
  }

  /** The column that the next word names. */
  column(): ExpressionField {
    const token = this.take();
    if (token.kind !== 'word') throw this.error(token, 'a column');
    const field = this.#fields.get(token.text);
    if (field === undefined)
      throw this.error(token, 'a column of the table', didYouMean(token.text, this.#fields.keys()));
    return field;
  }

  /** Whether the next word is a column of labels. */
  atLabels(): boolean {
    const token = this.peek();
    const field = token.kind === 'word' ? this.#fields.get(token.text) : undefined;
    return field !== undefined && isLabel(field);
  }

  /** Whether the parenthesis that opens here, or never closes, holds something that is true or false: no number does. */
  atCondition(): boolean {
    let depth = 0;
    for (let i = this.#next; i < this.#tokens.length; i++) {
      const { kind, text } = this.#tokens[i] as Token;
      if (kind === 'symbol' && text === '(') depth++;
      else if (kind === 'symbol' && text === ')' && --depth === 0) return false;
      else if ((kind === 'symbol' || kind === 'word') && COMPARING.test(text)) return true;
    }
    return false;
  }

  error(token: Token, allowed: string, remedy?: string): Error {
    const received = token.kind === 'end' ? 'the end' : token.text;
    return expressionError(this.#source, token.at, { received, allowed, remedy });
  }
}
