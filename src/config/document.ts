import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { describeValue } from '../errors.ts';
import type { Locate, Path, Problem } from './problems.ts';
import { DEPTH_LIMIT, parseSyntax } from './syntax.ts';

/** A config's text as plain values, and the way back from a path to a line and column. */
export interface ConfigDocument {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly locate: Locate;
}

const ALIAS_LIMIT = 100_000;

/** Keys whose integers are labels, kept as they are written (`0x1F` and numbers above 2^53 included). */
const TEXT_KEYS: ReadonlySet<string> = new Set(['seed']);

/** Reads YAML 1.2 or JSON. Never throws: what is wrong is in `problems`. */
export function readDocument(text: string): ConfigDocument {
  const { document, problems, position } = parseSyntax(text);
  if (document === null) return { value: undefined, problems, locate: () => null };
  const plain = new Plain(document);
  return {
    value: plain.top(),
    problems: plain.problems,
    locate: (path, part) => {
      const offset = plain.find(path, part)?.range?.[0];
      return offset === undefined ? null : position(offset);
    },
  };
}

/** Converts parsed nodes to plain values: prototypes can't be reached, aliases can't explode, nesting can't overflow. */
class Plain {
  readonly problems: Problem[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly targets = new Map<Alias, Node>();
  private aliased = 0;
  private readonly document: Document;

  constructor(document: Document) {
    this.document = document;
  }

  top(): unknown {
    const root = this.document.contents as Node | null;
    if (root === null) {
      this.problems.push({
        path: [],
        received: 'an empty file',
        allowed: 'a sweep: name, fanIn, inputs, initializers …',
      });
      return undefined;
    }
    return this.convert(root, [], false);
  }

  private convert(node: Node | null, path: Path, viaAlias: boolean): unknown {
    if (viaAlias && ++this.aliased > ALIAS_LIMIT) {
      if (this.aliased === ALIAS_LIMIT + 1)
        this.report(path, `more than ${ALIAS_LIMIT} values through aliases (*name)`);
      return null;
    }
    if (path.length > DEPTH_LIMIT) {
      this.report(path.slice(0, DEPTH_LIMIT), `nested too deeply; at most ${DEPTH_LIMIT} levels are allowed`);
      return null;
    }
    if (isAlias(node)) {
      const target = this.targets.get(node) ?? this.anchors.get(node.source);
      if (target === undefined) {
        this.report(path, `unknown alias *${node.source.slice(0, 60)}: no &${node.source.slice(0, 60)} above it`);
        return null;
      }
      this.targets.set(node, target);
      return this.convert(target, path, true);
    }
    if (!viaAlias && node?.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (isScalar(node)) return this.scalar(node.value, node.source, path);
    if (isSeq(node)) return node.items.map((item, i) => this.convert(item as Node | null, [...path, i], viaAlias));
    if (isMap(node)) {
      const entries = new Map<string, unknown>();
      for (const pair of node.items) {
        const name = isScalar(pair.key) ? String(pair.key.value) : null;
        if (name === null) this.report(path, 'keys must be plain words');
        else if (entries.has(name))
          this.problems.push({ path: [...path, name], key: true, remedy: 'given twice; keep one of the two' });
        else entries.set(name, this.convert(pair.value as Node | null, [...path, name], viaAlias));
      }
      // fromEntries defines own properties: a `__proto__` key becomes an unknown key like any other.
      return Object.fromEntries(entries);
    }
    return null;
  }

  private scalar(value: unknown, source: string | undefined, path: Path): unknown {
    if (typeof value !== 'bigint') return value;
    if (path.length === 1 && TEXT_KEYS.has(String(path[0]))) return source ?? String(value);
    if (source !== undefined && /^[-+]?0\d/.test(source)) {
      this.problems.push({
        path,
        received: describeValue(source),
        remedy: `leading zeros are ambiguous; write ${value}, or 0o… for octal`,
      });
    }
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  private report(path: Path, remedy: string): void {
    this.problems.push({ path, remedy });
  }

  /** The node at a path, or the deepest one on the way to it. */
  find(path: Path, part: 'key' | 'value'): Node | null {
    let node = this.document.contents as Node | null;
    let shown = node;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = this.targets.get(node) ?? null;
      let next: Node | null = null;
      if (isSeq(node) && typeof step === 'number') next = node.items[step] as Node | null;
      else if (isMap(node)) {
        const pairs = node.items.filter((p) => isScalar(p.key) && String(p.key.value) === step);
        const last = depth === path.length - 1;
        // Of a key given twice, the second is the one to look at.
        if (part === 'key' && last) return (pairs.at(-1)?.key as Node | undefined) ?? shown;
        next = (pairs[0]?.value ?? null) as Node | null;
      }
      if (next === null || next === undefined) return shown;
      node = next;
      shown = next;
    }
    return shown;
  }
}
