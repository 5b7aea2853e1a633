/** What a run directory holds, of the tables those that its experiment has. */
export const FILES = {
  sweep: 'sweep.json',
  manifest: 'manifest.json',
  tallies: 'tallies.arrow',
  estimates: 'estimates.arrow',
  layers: 'layers.arrow',
  training: 'training.arrow',
  arms: 'arms.arrow',
} as const;

/** Temporary files of a run that was killed. */
export const LEFTOVER =
  /^\.((sweep|manifest)\.json|(tallies|estimates|layers|training|arms)\.arrow|[0-9a-f]{64}\.f32)\..*\.tmp$/;
