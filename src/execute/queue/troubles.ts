import { messageOf } from './redis-error.ts';

/** Says what goes wrong and is tried again: each trouble once, however long it lasts. */
export class Troubles {
  readonly #known = new Set<string>();
  readonly #note: (text: string) => void;

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  /** @param what does not work */
  tell(what: string, error: unknown): void {
    const text = `${what} (${messageOf(error)}): trying again`;
    if (this.#known.has(text)) return;
    this.#known.add(text);
    this.#note(text);
  }
}
