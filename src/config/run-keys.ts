import * as z from 'zod';
import { nameField, seedField } from './experiment-fields.ts';

/** Keys that the configs of every experiment have. */
export const runKeys = () => ({
  $schema: z.string().optional().describe('For editors; ignored'),
  name: nameField(),
  seed: seedField(),
});
