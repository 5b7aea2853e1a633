import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/config/document.ts';
import { configError } from '../../../src/config/problems.ts';

const message = (text: string): string => {
  const { problems, locate } = readDocument(text);
  return problems.length === 0 ? '' : configError(problems, 'a.yaml', locate).message;
};

describe('reading YAML and JSON', () => {
  it('knows where keys and values stand', () => {
    const { locate } = readDocument('name: x\nfanIn: [1,\n  2]\ninputs:\n  - { kind: normal, std: 1 }\n');
    expect(locate(['fanIn', 1], 'value')).toEqual({ line: 3, column: 3 });
    expect(locate(['fanIn'], 'key')).toEqual({ line: 2, column: 1 });
    expect(locate(['inputs', 0, 'std'], 'value')).toEqual({ line: 5, column: 26 });
    expect(locate(['inputs', 0, 'std'], 'key')).toEqual({ line: 5, column: 21 });
  });

  it('points to the nearest thing present when a key is missing', () => {
    const { locate } = readDocument('inputs:\n  - { kind: empirical }\n');
    expect(locate(['inputs', 0, 'file'], 'value')).toEqual({ line: 2, column: 5 });
    expect(locate(['beta'], 'value')).toEqual({ line: 1, column: 1 });
  });

  it('follows aliases', () => {
    const { value, locate } = readDocument('a: &x {b: 1}\nc: *x\n');
    expect(value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(locate(['c'], 'value')).toEqual({ line: 2, column: 4 });
    expect(locate(['c', 'b'], 'value')).toEqual({ line: 1, column: 11 });
  });

  it('reads JSON with tabs', () => {
    expect(readDocument('{\n\t"a": [1, 2.5],\n\t"b": "c"\n}').value).toEqual({ a: [1, 2.5], b: 'c' });
  });

  it('takes slashes in texts, links and comments for what they are', () => {
    expect(readDocument('{"a": "x // y", \'b\': \'/* */\', c: redis://x, # a // b\n"d": 1}')).toMatchObject({
      value: { a: 'x // y', b: '/* */', c: 'redis://x', d: 1 },
      problems: [],
    });
    expect(readDocument('claim: a // b').value).toEqual({ claim: 'a // b' });
  });

  it('keeps integers exactly, and seeds as they are written', () => {
    expect(readDocument('samples: 9007199254740993').value).toEqual({ samples: 9007199254740993n });
    expect(readDocument('seed: 0012\nsamples: 12').value).toEqual({ seed: '0012', samples: 12 });
    expect(readDocument('seed: 123456789012345678901234567890').value).toEqual({
      seed: '123456789012345678901234567890',
    });
  });

  it('makes __proto__ a key like any other', () => {
    const { value } = readDocument('__proto__: { polluted: true }');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('refusing', () => {
  it.each([
    ['duplicate keys', 'a: 1\nb: 2\na: 3\n', 'a.yaml:3:1 a: given twice; keep one of the two'],
    ['a second document', 'a: 1\n---\nb: 2\n', 'a.yaml:2:1: a second YAML document starts here; keep one sweep a file'],
    [
      'ambiguous integers',
      'a: 010\n',
      'a.yaml:1:4 a: received "010"; leading zeros are ambiguous; write 10, or 0o… for octal',
    ],
    [
      'comments as JavaScript has them, before a key',
      '{\n  // the "name"\n  "name": "x", "b": [1] // more\n}',
      'a.yaml:2:3: received a comment with //; allowed: comments with #, as in YAML: JSON has none; begin it with #, or remove it',
    ],
    ['the same behind a value', '{"a": 1 // one\n}', 'a.yaml:1:9: received a comment with //; allowed'],
    ['the same between keys', '{"a": 1, /* two */ "b": 2}', 'a.yaml:1:10: received a comment with /*; allowed'],
    ['the same on top', '// mine\n{"a": 1}', 'a.yaml:1:1: received a comment with //; allowed'],
    ['an empty file', '# nothing\n', 'a.yaml: received an empty file'],
    ['unknown aliases', 'a: *b\n', 'a.yaml:1:4 a: unknown alias *b: no &b above it'],
    ['keys that are lists', '[1]: 2\n', 'a.yaml:1:1: keys must be plain words'],
    ['unknown tags', 'a: !x 3\n', 'a.yaml:1:4: not valid YAML or JSON: Unresolved tag: !x'],
    ['an open bracket', 'a: 1\nb: [1, 2', 'a.yaml:2:9: not valid YAML or JSON: Flow sequence'],
    ['a self-containing list', 'a: &a [*a]\n', 'nested too deeply; at most 16 levels are allowed'],
    ['deep nesting', '['.repeat(20_000), 'a.yaml:1:18: nested too deeply; at most 16 levels are allowed'],
    ['deep block nesting', '- '.repeat(20_000), 'nested too deeply'],
    [
      'a text over 1 MiB',
      `a: "${'x'.repeat(2 ** 20)}"`,
      'a.yaml: received a config of 1048581 bytes; allowed: at most 1048576 bytes',
    ],
  ])('%s', (_, text, expected) => {
    expect(message(text)).toContain(expected);
  });

  it('aliases that multiply', () => {
    const lines = Array.from(
      { length: 25 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? '1, 1' : `*a${i - 1}, *a${i - 1}`}]`,
    );
    expect(message(lines.join('\n'))).toContain('more than 100000 values through aliases');
    expect(message(lines.slice(0, 8).join('\n'))).toBe('');
  });
});
