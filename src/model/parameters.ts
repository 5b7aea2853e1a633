/** One numeric parameter of a registry entry: the source of its schema, help text and label. */
export interface Parameter {
  readonly name: string;
  readonly doc: string;
  /** null: the config must give it. */
  readonly default: number | null;
  readonly min?: number;
  readonly max?: number;
  readonly exclusiveMin?: number;
  readonly exclusiveMax?: number;
  readonly integer?: boolean;
}

/** Parameter values by name, as in `ModelSpec.params`. */
export type Parameters = Readonly<Record<string, number>>;

/** The values allowed, in words: `a number > 0 and < 1`. */
export function describeRange(parameter: Parameter): string {
  const { min, max, exclusiveMin, exclusiveMax } = parameter;
  const bounds = [
    exclusiveMin === undefined ? null : `> ${exclusiveMin}`,
    min === undefined ? null : `≥ ${min}`,
    exclusiveMax === undefined ? null : `< ${exclusiveMax}`,
    max === undefined ? null : `≤ ${max}`,
  ].filter((bound) => bound !== null);
  const noun = parameter.integer ? 'an integer' : 'a number';
  return bounds.length === 0 ? noun : `${noun} ${bounds.join(' and ')}`;
}

/** Whether `value` may be given for `parameter`. */
export function isAllowed(parameter: Parameter, value: number): boolean {
  const { min, max, exclusiveMin, exclusiveMax, integer } = parameter;
  if (!Number.isFinite(value) || (integer === true && !Number.isInteger(value))) return false;
  if (min !== undefined && value < min) return false;
  if (max !== undefined && value > max) return false;
  if (exclusiveMin !== undefined && value <= exclusiveMin) return false;
  return exclusiveMax === undefined || value < exclusiveMax;
}

/** `given` with defaults for what it leaves out. @throws Error when a parameter without default is missing */
export function completeParameters(parameters: readonly Parameter[], given: Parameters): Parameters {
  const complete: Record<string, number> = {};
  for (const parameter of parameters) {
    const value = given[parameter.name] ?? parameter.default;
    if (value === null) throw new Error(`parameter ${parameter.name} has no default and was not given`);
    complete[parameter.name] = value;
  }
  return complete;
}

/** The value of a parameter that the registry has declared. @throws Error when it is absent */
export function parameter(params: Parameters, name: string): number {
  const value = params[name];
  if (value === undefined) throw new Error(`parameter ${name} was not filled in`);
  return value;
}

/** `kind(a=1, b=2, flag)`: parameters that differ from their default, then flags; just `kind` where there is nothing to say. */
export function labelOf(
  kind: string,
  parameters: readonly Parameter[],
  params: Parameters,
  flags: readonly string[] = [],
): string {
  const shown = parameters
    .filter(({ name, default: usual }) => params[name] !== undefined && params[name] !== usual)
    .map(({ name }) => `${name}=${params[name]}`);
  const details = [...shown, ...flags];
  return details.length === 0 ? kind : `${kind}(${details.join(', ')})`;
}
