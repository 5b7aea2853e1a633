import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that start programs take longest, short as their files are: begun last, they would keep one core waiting for another. */
const LONG = /\/test\/(e2e|statistical|fuzz)\//;

/** Such files first, otherwise as usual. */
export class Sequence extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
