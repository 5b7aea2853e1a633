import * as z from 'zod';
import type { MessageParts } from '../errors.ts';
import type { Parameter } from '../model/parameters.ts';
import type { ModelSpec } from '../model/spec.ts';
import { type NumberDomain, numberField, say, strict } from './fields.ts';

/** What the schema needs of a registry entry. */
export interface RegistryEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: string;
  readonly parameters: readonly Parameter[];
}

/** A registry as the schema sees it: its entries, and the keys that entries take besides their parameters. */
export interface Registry<Entry extends RegistryEntry, Spec extends ModelSpec> {
  /** `initializer`, for messages. */
  readonly noun: string;
  readonly entries: readonly Entry[];
  /** Keys besides `kind` and the parameters. */
  keys(entry: Entry): z.ZodRawShape;
  /** The whole specification, from the checked values of `keys`. */
  build(entry: Entry, model: ModelSpec, values: Readonly<Record<string, unknown>>): Spec;
  /** What is wrong with values that are each allowed but not together, or null. */
  problem(spec: Spec): Required<Omit<MessageParts, 'where'>> | null;
}

/** One name or `{kind, …}`, or a list of such, read as a list. */
export function modelList<Entry extends RegistryEntry, Spec extends ModelSpec>(
  registry: Registry<Entry, Spec>,
  doc: string,
): z.ZodType<readonly Spec[]> {
  const item = model(registry).meta({ id: registry.noun });
  const error = say(`a list of ${registry.noun} names or {kind: name, …}`);
  const list = z.array(item, { error }).min(1, { error: say(`at least one ${registry.noun}`) });
  return z.union([list, item.transform((one) => [one])], { error }).meta({ description: doc });
}

const namesOf = (entry: RegistryEntry): [string, ...string[]] => [entry.name, ...(entry.aliases ?? [])];

/** An entry as a config writes it: `{kind, …}`. */
interface Form<Entry, Spec> {
  readonly entry: Entry;
  /** Keys that have no default. */
  readonly required: readonly string[];
  readonly schema: z.ZodType<Spec>;
}

function model<Entry extends RegistryEntry, Spec extends ModelSpec>(registry: Registry<Entry, Spec>): z.ZodType<Spec> {
  const { entries, noun } = registry;
  const all = entries.map((e) => e.name).join(', ');
  const forms = entries.map((entry) => formOf(registry, entry));
  const object = z.discriminatedUnion('kind', forms.map((form) => form.schema) as unknown as Discriminable<Spec>, {
    error: (issue) => (issue.code === 'invalid_union' ? say(all) : say(`a name or {kind: name, …}`)),
  });
  return z.union([nameForm(forms, all), object as z.ZodType<Spec>], {
    error: say(`${noun} name or {kind: name, …}; names: ${all}`),
  });
}

type Discriminable<Spec> = readonly [z.core.$ZodTypeDiscriminable & z.ZodType<Spec>];

/** A bare name, for entries that need nothing else. */
function nameForm<Entry extends RegistryEntry, Spec extends ModelSpec>(
  forms: readonly Form<Entry, Spec>[],
  all: string,
): z.ZodType<Spec> {
  const bare = forms.filter(({ required }) => required.length === 0);
  const byName = new Map(bare.flatMap((form) => namesOf(form.entry).map((name) => [name, form] as const)));
  const needy = forms.filter(({ required }) => required.length > 0);
  return z
    .enum([...byName.keys()], {
      error: (issue) => {
        const name = issue.input;
        const meant = needy.find(({ entry }) => typeof name === 'string' && namesOf(entry).includes(name));
        if (meant === undefined) return say(all);
        const { entry, required } = meant;
        const keys = required.map((key) => `${key}: …`).join(', ');
        return say(all, `${entry.name} needs more than its name: write {kind: ${entry.name}, ${keys}}`);
      },
    })
    .meta({ enumDescriptions: [...byName.values()].map(({ entry }) => entry.doc) })
    .transform((name) => byName.get(name)?.schema.parse({ kind: name }) ?? z.NEVER);
}

/** Where the registry sets no bound: eighth powers of what comes out must stay finite, and values single-precision. */
const LARGEST = 1e12;
const SMALLEST = 1e-12;

function domainOf({ min, max, exclusiveMin, exclusiveMax, integer }: Parameter): NumberDomain {
  const positive = exclusiveMin === 0 && max === undefined && exclusiveMax === undefined;
  const least = min ?? (positive ? SMALLEST : exclusiveMin === undefined ? -LARGEST : undefined);
  const most = max ?? (exclusiveMax === undefined ? LARGEST : undefined);
  return {
    ...(least === undefined ? { exclusiveMin: exclusiveMin as number } : { min: least }),
    ...(most === undefined ? { exclusiveMax: exclusiveMax as number } : { max: most }),
    ...(integer === true ? { integer } : {}),
  };
}

function parameterField(parameter: Parameter): z.ZodType<number, number | undefined> {
  const remedy = parameter.default === null ? `${parameter.name} has no default` : '';
  const field = numberField(domainOf(parameter), remedy).describe(parameter.doc);
  return parameter.default === null ? (field as z.ZodType<number, number>) : field.default(parameter.default);
}

function formOf<Entry extends RegistryEntry, Spec extends ModelSpec>(
  registry: Registry<Entry, Spec>,
  entry: Entry,
): Form<Entry, Spec> {
  const parameters = entry.parameters.map((parameter) => [parameter.name, parameterField(parameter)] as const);
  const shape: z.ZodRawShape = { ...Object.fromEntries(parameters), ...registry.keys(entry) };
  const required = Object.keys(shape).filter((key) => !z.safeParse(shape[key] as z.ZodType, undefined).success);
  const schema = strict({ kind: z.literal(namesOf(entry)), ...shape }, `a ${registry.noun}`)
    .describe(entry.doc)
    .transform((values: Readonly<Record<string, unknown>>, context) => {
      // What a misspelt parameter leaves at its default is beside the point.
      if (context.issues.length > 0) return z.NEVER;
      const given = entry.parameters.map(({ name }) => [name, values[name] as number]);
      const spec = registry.build(entry, { kind: entry.name, params: Object.fromEntries(given) }, values);
      const problem = registry.problem(spec);
      if (problem === null) return spec;
      const { received, allowed, remedy } = problem;
      const params = { received: `${entry.name} with ${received}` };
      context.addIssue({ code: 'custom', path: [], message: say(allowed, remedy), params });
      return z.NEVER;
    });
  return { entry, required, schema };
}
