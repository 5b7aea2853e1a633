import { ACTIVATIONS } from '../model/activations.ts';
import { INITIALIZERS } from '../model/initializers.ts';
import { INPUTS } from '../model/inputs.ts';
import { type Entry, findEntry } from '../model/registry.ts';

const REGISTRIES: ReadonlyMap<string, readonly Entry[]> = new Map<string, readonly Entry[]>([
  ['initializer', INITIALIZERS],
  ['input', INPUTS],
  ['activation', ACTIVATIONS],
]);

/** What tables call a label whose name may be an alias, as configs take them: `student_t(df=5)` for `student(df=5)`. */
export function withoutAlias(column: string, label: string): string {
  const [name = ''] = /^\w*/.exec(label) ?? [];
  const entry = findEntry(REGISTRIES.get(column) ?? [], name);
  return entry === undefined ? label : entry.name + label.slice(name.length);
}
