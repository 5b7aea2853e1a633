import * as z from 'zod';

/**
 * The message of a zod issue, here, is "what is allowed", and after a separator "what to do": `issues.ts` adds where it is
 * and what was received.
 */
const SEPARATOR = '\u001f';

export const say = (allowed: string, remedy = ''): string =>
  remedy === '' ? allowed : `${allowed}${SEPARATOR}${remedy}`;

export function unsay(message: string): { readonly allowed: string; readonly remedy?: string } {
  const [allowed = '', remedy] = message.split(SEPARATOR);
  return remedy === undefined ? { allowed } : { allowed, remedy };
}

/** Numbers a field takes; all are finite. */
export interface NumberDomain {
  readonly min?: number;
  readonly max?: number;
  readonly exclusiveMin?: number;
  readonly exclusiveMax?: number;
  readonly integer?: boolean;
}

/** `integer 1 … 1048576`, `number > 0 and < 1`, `finite number` */
export function domainText({ min, max, exclusiveMin, exclusiveMax, integer }: NumberDomain): string {
  const noun = integer === true ? 'integer' : 'number';
  if (min !== undefined && max !== undefined) return `${noun} ${show(min)} … ${show(max)}`;
  const bounds = [
    min === undefined ? '' : `≥ ${show(min)}`,
    exclusiveMin === undefined ? '' : `> ${show(exclusiveMin)}`,
    max === undefined ? '' : `≤ ${show(max)}`,
    exclusiveMax === undefined ? '' : `< ${show(exclusiveMax)}`,
  ].filter((bound) => bound !== '');
  if (bounds.length === 0) return integer === true ? 'integer' : 'finite number';
  return `${noun} ${bounds.join(' and ')}`;
}

/** Powers of ten that are tedious to count in digits: `1e12`. */
function show(bound: number): string {
  const short = bound.toExponential().replace('e+', 'e');
  return short.length + 3 < String(bound).length ? short : String(bound);
}

/** A finite number of a domain. */
export function numberField(domain: NumberDomain, remedy = ''): z.ZodNumber {
  const error = say(domainText(domain), remedy);
  let field = domain.integer === true ? z.int({ error }) : z.number({ error });
  if (domain.min !== undefined) field = field.min(domain.min, { error });
  if (domain.max !== undefined) field = field.max(domain.max, { error });
  if (domain.exclusiveMin !== undefined) field = field.gt(domain.exclusiveMin, { error });
  if (domain.exclusiveMax !== undefined) field = field.lt(domain.exclusiveMax, { error });
  return field;
}

/** An object without unknown keys. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape, noun: string): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape)
    .filter((key) => !key.startsWith('$'))
    .join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? say(keys) : say(`${noun} with ${keys}`)),
  });
}
