import { type NumberTerm, parseSum } from './arithmetic.ts';
import { Cursor, type ExpressionField } from './expression-cursor.ts';
import type { Source } from './filter-tokens.ts';
import { withoutAlias } from './label-alias.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface LabelText {
  /** As it was written. */
  readonly text: string;
  /** As tables have it. */
  readonly label: string;
  readonly at: number;
}

/** A filter expression, with every name resolved. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  | { readonly kind: 'labelNull'; readonly column: string }
  | { readonly kind: 'numberNull'; readonly term: NumberTerm }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: NumberTerm; readonly right: NumberTerm }
  | { readonly kind: 'numbers'; readonly term: NumberTerm; readonly values: readonly number[] }
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

/**
 * Parses the language of `--where`; see {@link compileFilter} for its meaning and {@link parseSum} for `sum`.
 *
 * ```
 * filter  := all (or all)* ;  all := one (and one)*
 * one     := not one | ( filter ) | sum comparison sum | sum [not] in ( number, … ) | sum is [not] null
 *          | labels (= | !=) label | labels [not] in ( label, … ) | labels [not] like pattern | labels is [not] null
 * ```
 *
 * @throws UsageError that points at the column of the expression
 */
export function parseFilter(source: Source, fields: readonly ExpressionField[]): Filter {
  const parser = new Parser(new Cursor(source, fields));
  return parser.parse();
}

class Parser {
  readonly #at: Cursor;

  constructor(cursor: Cursor) {
    this.#at = cursor;
  }

  parse(): Filter {
    const filter = this.#or();
    this.#at.expectEnd('and, or, or the end');
    return filter;
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#at.acceptPart('or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Filter {
    let left = this.#one();
    while (this.#at.acceptPart('and')) left = { kind: 'and', left, right: this.#one() };
    return left;
  }

  #one(): Filter {
    if (this.#at.acceptPart('not')) return { kind: 'not', inner: this.#one() };
    if (this.#at.peek().text === '(' && this.#at.atCondition()) {
      this.#at.acceptPart('(');
      const inner = this.#or();
      this.#at.expect(')');
      return inner;
    }
    return this.#at.atLabels() ? this.#labels() : this.#numbers();
  }

  #labels(): Filter {
    const column = this.#at.column().name;
    if (this.#at.accept('is')) return this.#null({ kind: 'labelNull', column });
    const negated = this.#at.accept('not');
    if (this.#at.accept('in')) return negate(this.#labelsIn(column), negated);
    if (this.#at.accept('like')) return negate({ kind: 'like', column, pattern: this.#text().text }, negated);
    if (negated) throw this.#at.error(this.#at.peek(), 'in or like');
    const at = this.#at.peek();
    const operator = this.#operator();
    if (operator !== '=' && operator !== '!=') throw this.#at.error(at, `= or !=, as ${column} holds labels`);
    return negate({ kind: 'labels', column, values: [this.#label(column)] }, operator === '!=');
  }

  #numbers(): Filter {
    const first = this.#at.peek();
    const left = parseSum(this.#at);
    if (this.#at.accept('is')) return this.#null({ kind: 'numberNull', term: left });
    const negated = this.#at.accept('not');
    if (this.#at.accept('in')) return negate(this.#numbersIn(left), negated);
    if (this.#at.accept('like')) throw this.#at.error(first, 'a label column before like');
    if (negated) throw this.#at.error(this.#at.peek(), 'in or like');
    return { kind: 'compare', operator: this.#operator(), left, right: parseSum(this.#at) };
  }

  #null(filter: Filter): Filter {
    const negated = this.#at.accept('not');
    this.#at.expect('null');
    return negate(filter, negated);
  }

  #operator(): Comparison {
    const token = this.#at.take();
    const operator = token.kind === 'symbol' ? SYMBOLS[token.text] : undefined;
    if (operator === undefined) throw this.#at.error(token, '+ - * /, = != < <= > >=, in (…), like, is null');
    return operator;
  }

  #label(column: string): LabelText {
    const { text, at } = this.#text();
    return { text, label: withoutAlias(column, text), at };
  }

  #text(): Pick<LabelText, 'text' | 'at'> {
    const token = this.#at.take();
    if (token.kind === 'string') return { text: token.value, at: token.at };
    if (token.kind === 'word' || token.kind === 'number') return { text: token.text, at: token.at };
    throw this.#at.error(token, 'a label');
  }

  #labelsIn(column: string): Filter {
    return { kind: 'labels', column, values: this.#list(() => this.#label(column)) };
  }

  #numbersIn(term: NumberTerm): Filter {
    return { kind: 'numbers', term, values: this.#list(() => this.#number()) };
  }

  #list<T>(item: () => T): T[] {
    const items: T[] = [];
    this.#at.expect('(');
    do items.push(item());
    while (this.#at.accept(','));
    this.#at.expect(')');
    return items;
  }

  #number(): number {
    const sign = this.#at.accept('-') ? -1 : 1;
    const token = this.#at.take();
    if (token.kind !== 'number') throw this.#at.error(token, 'a number');
    return sign * token.value;
  }
}

function negate(inner: Filter, negated: boolean): Filter {
  return negated ? { kind: 'not', inner } : inner;
}
