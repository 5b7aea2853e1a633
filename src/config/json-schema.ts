import * as z from 'zod';
import { sweepSchema } from './sweep-schema.ts';

/** JSON Schema (draft 2020-12) of a config, for editors. What concerns several keys at once, such as a range's, it leaves to `initsweep plan`. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(sweepSchema(), { target: 'draft-2020-12', io: 'input' });
  return { $schema, title: 'initsweep sweep', ...schema };
}

/** As `initsweep schema` prints it, and as `configs/schema.json` holds it. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
