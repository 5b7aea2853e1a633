import { resolveInitializer } from '../model/initializers.ts';
import { inflatedUnits, type NetworkSpec } from '../model/training-spec.ts';
import type { Problem } from './problems.ts';
import { type ArmLevels, armSettings } from './training-arms.ts';
import type { ParsedTraining } from './training-schema.ts';

/** What a key needs to do something in an arm. */
interface Need {
  readonly needs: string;
  met(arm: ArmLevels, network: Pick<NetworkSpec, 'hidden'>): boolean;
}

const ADAM: Need = { needs: 'optimizer: adam or adamw', met: ({ optimizer }) => optimizer !== 'sgd' };
const hasInflated: Need['met'] = (arm, network) => inflatedUnits(arm, network).some((units) => units > 0);

/** Keys that do nothing in some arms. All others always act. */
const NEEDS: Partial<Record<keyof ArmLevels, Need>> = {
  activation: { needs: 'hidden layers', met: (_, { hidden }) => hidden.length > 0 },
  scale: {
    needs: 'an initializer whose weights are not 0',
    met: ({ initializer }) => resolveInitializer(initializer).shape.kind !== 'zero',
  },
  momentum: { needs: 'optimizer: sgd', met: ({ optimizer }) => optimizer === 'sgd' },
  decay: { needs: 'optimizer: adamw', met: ({ optimizer }) => optimizer === 'adamw' },
  epsilon: ADAM,
  firstMoment: ADAM,
  secondMoment: ADAM,
  inflated: {
    needs: 'hidden layers of which it is a unit or more',
    met: (arm, network) => network.hidden.length > 0 && (arm.inflated === 0 || hasInflated(arm, network)),
  },
  inflation: { needs: 'inflated, the share of hidden units that it multiplies', met: hasInflated },
};

/**
 * Keys that an arm gives itself and that do nothing in it: a single level has to act in one of the arms that the entry multiplies to, and a
 * list in all of them, or some of these would be the same arm. What stands in `common` may suit some arms only.
 */
export function idleKeys(parsed: Pick<ParsedTraining, 'arms' | 'common' | 'network'>): Problem[] {
  const { settings } = armSettings(parsed);
  return parsed.arms.flatMap((own, index) => {
    const arms = settings.filter((setting) => setting.index === index).map(({ levels }) => levels);
    return Object.entries(NEEDS).flatMap(([name, { needs, met }]): Problem[] => {
      const levels = own[name as keyof ArmLevels]?.length ?? 0;
      const acting = arms.filter((arm) => met(arm, parsed.network)).length;
      if (levels === 0 || (levels === 1 && acting > 0) || acting === arms.length) return [];
      const where = acting === 0 ? 'this arm' : 'some of the arms that it multiplies to';
      return [
        {
          path: ['arms', index, name],
          key: true,
          received: `a setting that does nothing in ${where}`,
          allowed: `${name} with ${needs}`,
          remedy: acting === 0 ? 'leave it out' : 'split the arm in two',
        },
      ];
    });
  });
}
