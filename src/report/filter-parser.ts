import { didYouMean } from '../config/suggest.ts';
import type { EstimateField } from '../tables/estimate-reader.ts';
import { isLabel } from './estimate-rows.ts';
import { expressionError, type Source, type Token, tokenize } from './filter-tokens.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A number beside a comparison: a column, its absolute value, or a constant. */
export type NumberTerm =
  | { readonly kind: 'column'; readonly name: string; readonly absolute: boolean }
  | { readonly kind: 'constant'; readonly value: number };

export interface LabelText {
  readonly text: string;
  readonly at: number;
}

/** A filter expression, with every name resolved. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  | { readonly kind: 'null'; readonly column: string }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: NumberTerm; readonly right: NumberTerm }
  | { readonly kind: 'numbers'; readonly column: string; readonly values: readonly number[] }
  | { readonly kind: 'labels'; readonly column: string; readonly values: readonly LabelText[] }
  | { readonly kind: 'like'; readonly column: string; readonly pattern: string };

const SYMBOLS: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * Parses the language of `--where`; see {@link compileFilter} for its meaning.
 *
 * ```
 * filter  := all (or all)* ;  all := one (and one)*
 * one     := not one | ( filter ) | term comparison term | column [not] in ( constant, … ) | column is [not] null
 *          | column [not] like pattern
 * term    := column | abs(column) | number | label
 * ```
 *
 * @throws UsageError that points at the column of the expression
 */
export function parseFilter(source: Source, fields: readonly EstimateField[]): Filter {
  return new Parser(source, fields).parse();
}

/** Connectives and parentheses, at most: what nests is read and tried by functions that call each other. */
const MOST_PARTS = 500;

class Parser {
  readonly #source: Source;
  readonly #fields: ReadonlyMap<string, EstimateField>;
  readonly #tokens: readonly Token[];
  #next = 0;
  #parts = 0;

  constructor(source: Source, fields: readonly EstimateField[]) {
    this.#source = source;
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    this.#tokens = tokenize(source);
  }

  parse(): Filter {
    const filter = this.#or();
    const rest = this.#peek();
    if (rest.kind !== 'end') throw this.#error(rest, 'and, or, or the end');
    return filter;
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  /** Takes the next token when it is this keyword or symbol. */
  #accept(text: string): boolean {
    const token = this.#peek();
    const same = (token.kind === 'word' || token.kind === 'symbol') && token.text.toLowerCase() === text;
    if (same) this.#next++;
    return same;
  }

  /** As `accept`, for what makes the expression one part larger. */
  #acceptPart(text: string): boolean {
    const token = this.#peek();
    if (!this.#accept(text)) return false;
    if (++this.#parts > MOST_PARTS)
      throw this.#error(
        token,
        `at most ${MOST_PARTS} and, or, not, abs and parentheses`,
        'for many levels, write in (…)',
      );
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#error(this.#peek(), text);
  }

  #error(token: Token, allowed: string, remedy?: string): Error {
    const received = token.kind === 'end' ? 'the end' : token.text;
    return expressionError(this.#source, token.at, { received, allowed, remedy });
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#acceptPart('or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Filter {
    let left = this.#one();
    while (this.#acceptPart('and')) left = { kind: 'and', left, right: this.#one() };
    return left;
  }

  #one(): Filter {
    if (this.#acceptPart('not')) return { kind: 'not', inner: this.#one() };
    if (this.#acceptPart('(')) {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    const first = this.#peek();
    if (first.kind === 'number') return this.#mirrored();
    const { name, absolute } = this.#column();
    if (!absolute) {
      if (this.#accept('is')) {
        const negated = this.#accept('not');
        this.#expect('null');
        return negate({ kind: 'null', column: name }, negated);
      }
      const negated = this.#accept('not');
      if (this.#accept('in')) return negate(this.#in(name), negated);
      if (this.#accept('like')) return negate(this.#like(name, first), negated);
      if (negated) throw this.#error(this.#peek(), 'in or like');
    }
    return this.#comparison(name, absolute);
  }

  #column(): { name: string; absolute: boolean } {
    if (this.#acceptPart('abs')) {
      this.#expect('(');
      const token = this.#peek();
      const { name } = this.#column();
      if (this.#isLabel(name)) throw this.#error(token, 'a number column');
      this.#expect(')');
      return { name, absolute: true };
    }
    const token = this.#take();
    if (token.kind !== 'word') throw this.#error(token, 'a column');
    if (!this.#fields.has(token.text))
      throw this.#error(token, 'a column of the table', didYouMean(token.text, this.#fields.keys()));
    return { name: token.text, absolute: false };
  }

  #operator(): Comparison {
    const token = this.#take();
    const operator = token.kind === 'symbol' ? SYMBOLS[token.text] : undefined;
    if (operator === undefined) throw this.#error(token, '= != < <= > >=, in (…), like, is null');
    return operator;
  }

  /** `0.3 < z_var`, read as `z_var > 0.3`. */
  #mirrored(): Filter {
    const right: NumberTerm = { kind: 'constant', value: this.#number() };
    const operator = MIRRORED[this.#operator()];
    const token = this.#peek();
    const { name, absolute } = this.#column();
    if (this.#isLabel(name)) throw this.#error(token, 'a number column');
    return { kind: 'compare', operator, left: { kind: 'column', name, absolute }, right };
  }

  #comparison(name: string, absolute: boolean): Filter {
    const at = this.#peek();
    const operator = this.#operator();
    if (this.#isLabel(name)) {
      if (operator !== '=' && operator !== '!=') throw this.#error(at, `= or !=, as ${name} holds labels`);
      return negate({ kind: 'labels', column: name, values: [this.#label()] }, operator === '!=');
    }
    return { kind: 'compare', operator, left: { kind: 'column', name, absolute }, right: this.#term() };
  }

  #term(): NumberTerm {
    const token = this.#peek();
    if (token.kind !== 'word') return { kind: 'constant', value: this.#number() };
    const { name, absolute } = this.#column();
    if (this.#isLabel(name)) throw this.#error(token, 'a number column');
    return { kind: 'column', name, absolute };
  }

  #number(): number {
    const token = this.#take();
    if (token.kind !== 'number') throw this.#error(token, 'a number or a number column');
    return token.value;
  }

  #label(): LabelText {
    const token = this.#take();
    if (token.kind === 'string') return { text: token.value, at: token.at };
    if (token.kind === 'word' || token.kind === 'number') return { text: token.text, at: token.at };
    throw this.#error(token, 'a label');
  }

  #in(column: string): Filter {
    const labels: LabelText[] = [];
    const numbers: number[] = [];
    this.#expect('(');
    do {
      if (this.#isLabel(column)) labels.push(this.#label());
      else numbers.push(this.#number());
    } while (this.#accept(','));
    this.#expect(')');
    return this.#isLabel(column)
      ? { kind: 'labels', column, values: labels }
      : { kind: 'numbers', column, values: numbers };
  }

  #like(column: string, token: Token): Filter {
    if (!this.#isLabel(column)) throw this.#error(token, 'a label column before like');
    return { kind: 'like', column, pattern: this.#label().text };
  }

  #isLabel(name: string): boolean {
    const field = this.#fields.get(name);
    return field !== undefined && isLabel(field);
  }
}

function negate(inner: Filter, negated: boolean): Filter {
  return negated ? { kind: 'not', inner } : inner;
}
