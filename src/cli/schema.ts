import { Command } from 'commander';
import { writeLines } from './output.ts';

const EXAMPLES = `
Example:
  $ initsweep schema > sweep.schema.json

Editors with the YAML language server complete and check a config that begins with
  # yaml-language-server: $schema=sweep.schema.json`;

/** `initsweep schema`: the JSON Schema of a config. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of a config, for editors')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { configJsonSchemaText } = await import('../config/json-schema.ts');
      await writeLines([configJsonSchemaText().trimEnd()]);
    });
}
