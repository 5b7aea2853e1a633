// What is found in Redis may have been put there by anybody.

/** What JSON says, each text of it as `clean` makes it; undefined when it is no JSON. */
export function readJson(text: string, clean = (value: string): string => value): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? clean(value) : value));
  } catch {
    return undefined;
  }
}

/** Text without what a terminal takes for a command. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�');
}

/** The keys of a form, and what their values are: text, or a number from 0. */
export type Form = Readonly<Record<string, 'string' | 'number'>>;

type Of<F extends Form> = { readonly [Key in keyof F]: F[Key] extends 'string' ? string : number };

/** Whether a value is an object that fills in a form, whatever else it holds. */
export function isOf<F extends Form>(value: unknown, form: F): value is Of<F> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(form).every(([key, type]) => {
    const found = (value as Readonly<Record<string, unknown>>)[key];
    return typeof found === type && (type === 'string' || (Number.isFinite(found) && (found as number) >= 0));
  });
}
