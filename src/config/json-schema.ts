import * as z from 'zod';
import { configOf, EXPERIMENTS } from './config-of.ts';

/**
 * JSON Schema (draft 2020-12) of a config of any experiment, for editors. What concerns several keys at once, such as a range's, it
 * leaves to `initsweep plan`.
 */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const [layer, ...others] = EXPERIMENTS;
  const is = (...names: readonly string[]) => ({
    properties: { experiment: { enum: names } },
    required: ['experiment'],
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'initsweep sweep',
    type: 'object',
    properties: { experiment: { enum: EXPERIMENTS, default: layer } },
    allOf: EXPERIMENTS.map((name) => ({
      // A config that names no experiment is one of the layer.
      if: name === layer ? { not: is(...others) } : is(name),
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/$defs/${name}` },
    })),
    $defs: Object.fromEntries(EXPERIMENTS.map((name) => [name, schemaOf(name)])),
  };
}

/** The schema of one experiment, as a part of the whole: its references start there. */
function schemaOf(experiment: string): object {
  const schema = configOf({ experiment }).schema();
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', `"#/$defs/${experiment}/$defs/`));
}

/** As `initsweep schema` prints it, and as `configs/schema.json` holds it. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
