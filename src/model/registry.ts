/** What every registry entry has: a canonical name, other names for it, and a line of documentation. */
export interface Entry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly doc: string;
}

/** The entry with this name or alias. */
export function findEntry<T extends Entry>(entries: readonly T[], name: string): T | undefined {
  return entries.find((entry) => entry.name === name || entry.aliases.includes(name));
}

/** As {@link findEntry}, for names that the config has already checked. @throws Error on an unknown one */
export function getEntry<T extends Entry>(entries: readonly T[], name: string, noun: string): T {
  const entry = findEntry(entries, name);
  if (entry === undefined) throw new Error(`unknown ${noun} ${JSON.stringify(name)}`);
  return entry;
}

/** Every name and alias, in registry order. */
export function entryNames(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => [entry.name, ...entry.aliases]);
}
