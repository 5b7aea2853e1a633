// What the errors of Redis mean. It answers with a code in capitals, and a transaction that it refused with what each command was told.

/** What an error of the client says. Its other properties hold the command, and with it perhaps a password. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  const [cause] = 'previousErrors' in error ? (error.previousErrors as readonly unknown[]) : [];
  // Which script it was in is of no use to anybody, and makes one trouble look like many.
  return cause === undefined ? error.message.replace(/ script: [0-9a-f]{40},.*$/, '') : messageOf(cause);
}

/** Whether Redis answered with it; otherwise the connection failed, or the program. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * Whether it makes no sense to try again: a server that demands a password says NOAUTH, one that does not know it WRONGPASS, one whose
 * user may not do this NOPERM, or the last where a script does it.
 */
export function isRefused(error: unknown): boolean {
  return /^(NOAUTH|WRONGPASS|NOPERM|ERR The user executing the script can't run)/.test(messageOf(error));
}

/** Whether somebody else uses a key of ours for something else: no later attempt will find it otherwise. */
export function isMisused(error: unknown): boolean {
  return messageOf(error).startsWith('WRONGTYPE');
}

/** Whether Redis has no memory left. */
export function isFull(error: unknown): boolean {
  return messageOf(error).startsWith('OOM');
}
