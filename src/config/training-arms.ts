import { resolveActivation } from '../model/activations.ts';
import { resolveInitializer } from '../model/initializers.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ArmSpec, OptimizerKind } from '../model/training-spec.ts';
import type { Problem } from './problems.ts';
import { ARM_NUMBERS, type ArmNumber, type ParsedTraining } from './training-schema.ts';

/** Arms of one experiment, at most. */
const ARM_LIMIT = 1000;

type ParsedArm = Partial<ParsedTraining['arms'][number]>;

/** Arms multiplied out, and what is wrong with them. */
export interface ExpandedArms {
  readonly arms: readonly ArmSpec[];
  readonly problems: readonly Problem[];
}

const NUMBERS = Object.keys(ARM_NUMBERS) as ArmNumber[];
const KEYS = ['initializer', 'activation', 'optimizer', ...NUMBERS] as const;
type Key = (typeof KEYS)[number];
type Level = ModelSpec | OptimizerKind | number;

/** What an arm is but for its name. */
export type ArmLevels = Omit<ArmSpec, 'name'>;

/** One combination of the levels of an entry of `arms`. */
interface Setting {
  readonly own: ParsedArm;
  readonly index: number;
  readonly levels: ArmLevels;
}

/** Usual levels of what neither the arm nor `common` says; null: must be said. */
const usual = (key: Key): readonly Level[] | null => {
  if (key === 'initializer') return null;
  if (key === 'activation') return [{ kind: 'logistic', params: {} }];
  if (key === 'optimizer') return ['sgd'];
  const value = ARM_NUMBERS[key].default;
  return value === null ? null : [value];
};

/** Multiplies the lists of every arm out, the first key slowest. */
export function armSettings({ arms, common }: Pick<ParsedTraining, 'arms' | 'common'>): {
  readonly settings: readonly Setting[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const settings: Setting[] = [];
  arms.forEach((own, index) => {
    const axes = KEYS.map((key): readonly Level[] => {
      const levels = own[key] ?? common?.[key] ?? usual(key);
      if (levels !== null) return levels as readonly Level[];
      problems.push({
        path: ['arms', index],
        received: `no ${key}`,
        allowed: `an arm with ${key}`,
        remedy: `give it here or in common`,
      });
      return [];
    });
    const size = axes.reduce((product, { length }) => product * length, 1);
    if (settings.length + size > ARM_LIMIT) {
      problems.push({
        path: ['arms', index],
        received: `${settings.length + size} arms`,
        allowed: `at most ${ARM_LIMIT}`,
      });
      return;
    }
    for (let i = 0; i < size; i++) settings.push({ own, index, levels: combination(axes, i) });
  });
  return { settings, problems };
}

/** Multiplies the lists of every arm out, and names the results. */
export function expandArms({ arms, common }: Pick<ParsedTraining, 'arms' | 'common'>): ExpandedArms {
  const { settings, problems: missing } = armSettings({ arms, common });
  if (missing.length > 0) return { arms: [], problems: missing };
  const problems: Problem[] = [];
  const nameless = settings.filter(({ own }) => own.name === undefined);
  const varying = KEYS.filter((key) => new Set(nameless.map(({ levels }) => text(key, levels[key]))).size > 1);
  const named = settings.map(({ own, index, levels }) => {
    const name = own.name === undefined ? labelOf(varying, levels) : nameOf(own.name, own, common, levels);
    return { index, arm: { name, ...levels } };
  });
  const seen = new Map<string, number>();
  for (const { index, arm } of named) {
    const first = seen.get(arm.name);
    if (first === undefined) seen.set(arm.name, index);
    else
      problems.push({
        path: ['arms', index],
        received: arm.name,
        allowed: 'each arm once',
        remedy: `the same as of [${first}]; change it or give it another name`,
      });
  }
  return { arms: named.map(({ arm }) => arm), problems };
}

/** What varies, without what has its usual level: `he_normal, scale=10`. All of it where that would be nothing. */
function labelOf(varying: readonly Key[], levels: ArmLevels): string {
  const words = (keys: readonly Key[]) => keys.map((key) => text(key, levels[key])).join(', ');
  const isUsual = (key: Key) => (usual(key) ?? []).some((level) => text(key, level) === text(key, levels[key]));
  return words(varying.filter((key) => !isUsual(key))) || words(varying) || 'arm';
}

/** The name given, and behind it the levels of its lists. */
function nameOf(name: string, own: ParsedArm, common: ParsedTraining['common'], levels: ArmLevels): string {
  const lists = KEYS.filter((key) => ((own[key] ?? common?.[key])?.length ?? 1) > 1);
  return lists.length === 0 ? name : `${name} (${lists.map((key) => text(key, levels[key])).join(', ')})`;
}

/** The i-th of all combinations, the last axis fastest. */
function combination(axes: readonly (readonly Level[])[], i: number): ArmLevels {
  let rest = i;
  const levels: Partial<Record<Key, Level>> = {};
  for (let k = KEYS.length - 1; k >= 0; k--) {
    const axis = axes[k] as readonly Level[];
    levels[KEYS[k] as Key] = axis[rest % axis.length] as Level;
    rest = Math.floor(rest / axis.length);
  }
  return Object.fromEntries(KEYS.map((key) => [key, levels[key]])) as unknown as ArmLevels;
}

/** A level as a label has it. */
function text(key: Key, level: Level): string {
  if (key === 'initializer') return resolveInitializer(level as ModelSpec).label;
  if (key === 'activation') return resolveActivation(level as ModelSpec).label;
  return typeof level === 'number' ? `${key}=${level}` : String(level);
}
