import { exp, log } from '../numeric/elementary.ts';
import type { EstimateRows } from './estimate-rows.ts';
import { Cursor } from './expression-cursor.ts';
import { FUNCTIONS, type FunctionName, type Source } from './filter-tokens.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/';

/** An expression whose value in a row is a number, with every name resolved. */
export type NumberTerm =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'call'; readonly call: FunctionName | 'minus'; readonly of: NumberTerm }
  | {
      readonly kind: 'binary';
      readonly operator: ArithmeticOperator;
      readonly left: NumberTerm;
      readonly right: NumberTerm;
    };

/**
 * Parses arithmetic over the number columns of a table; null in a column makes the result null.
 *
 * ```
 * sum     := product ((+ | -) product)*
 * product := factor ((* | /) factor)*
 * factor  := - factor | ( sum ) | function ( sum ) | column | number
 * ```
 *
 * @throws UsageError that points at the column of the expression
 */
export function parseSum(cursor: Cursor): NumberTerm {
  let left = parseProduct(cursor);
  for (;;) {
    const operator = cursor.acceptPart('+') ? '+' : cursor.acceptPart('-') ? '-' : null;
    if (operator === null) return left;
    left = { kind: 'binary', operator, left, right: parseProduct(cursor) };
  }
}

function parseProduct(cursor: Cursor): NumberTerm {
  let left = parseFactor(cursor);
  for (;;) {
    const operator = cursor.acceptPart('*') ? '*' : cursor.acceptPart('/') ? '/' : null;
    if (operator === null) return left;
    left = { kind: 'binary', operator, left, right: parseFactor(cursor) };
  }
}

function parseFactor(cursor: Cursor): NumberTerm {
  if (cursor.acceptPart('-')) return { kind: 'call', call: 'minus', of: parseFactor(cursor) };
  if (cursor.acceptPart('(')) return closed(cursor);
  const called = FUNCTIONS.find((name) => cursor.acceptPart(name));
  if (called !== undefined) {
    cursor.expect('(');
    return { kind: 'call', call: called, of: closed(cursor) };
  }
  const token = cursor.peek();
  if (token.kind === 'number') {
    cursor.take();
    return { kind: 'constant', value: token.value };
  }
  if (token.kind !== 'word' || cursor.atLabels()) throw cursor.error(token, 'a number or a number column');
  return { kind: 'column', name: cursor.column().name };
}

function closed(cursor: Cursor): NumberTerm {
  const inner = parseSum(cursor);
  cursor.expect(')');
  return inner;
}

/** Names of the columns that a term reads, each once. */
export function columnsIn(term: NumberTerm): ReadonlySet<string> {
  switch (term.kind) {
    case 'constant':
      return new Set();
    case 'column':
      return new Set([term.name]);
    case 'call':
      return columnsIn(term.of);
    case 'binary':
      return new Set([...columnsIn(term.left), ...columnsIn(term.right)]);
  }
}

/** Parses an expression that is a number and nothing else. Throws like {@link parseSum}. */
export function parseNumber(source: Source, rows: Pick<EstimateRows, 'fields'>): NumberTerm {
  const cursor = new Cursor(source, rows.fields);
  const term = parseSum(cursor);
  cursor.expectEnd('+ - * / or the end');
  return term;
}

const CALLS: Readonly<Record<FunctionName | 'minus', (x: number) => number>> = {
  minus: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp,
  log,
};

/** The value of a term in a row; NaN where it is null or undefined. */
export function compileNumber(term: NumberTerm, rows: Pick<EstimateRows, 'numbers'>): (row: number) => number {
  switch (term.kind) {
    case 'constant':
      return () => term.value;
    case 'column': {
      const column = rows.numbers(term.name);
      return (row) => column[row] as number;
    }
    case 'call': {
      const of = compileNumber(term.of, rows);
      const call = CALLS[term.call];
      return (row) => call(of(row));
    }
    case 'binary': {
      const [left, right] = [compileNumber(term.left, rows), compileNumber(term.right, rows)];
      switch (term.operator) {
        case '+':
          return (row) => left(row) + right(row);
        case '-':
          return (row) => left(row) - right(row);
        case '*':
          return (row) => left(row) * right(row);
        case '/':
          return (row) => left(row) / right(row);
      }
    }
  }
}
