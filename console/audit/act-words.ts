import type { ActName, AuditRow } from '../../src/protocol/console-audit.ts';

/** The acts in words, in the order of the choice. */
export const ACT_WORDS: Readonly<Record<ActName, string>> = {
  hangup: 'Hung up',
  transfer: 'Transferred',
  say: 'Had the agent say',
  whisper: 'Whispered',
  mute: 'Muted or unmuted',
  pauseRecording: 'Paused a recording, or went on',
  placeCall: 'Placed a call',
  softphoneCall: 'Called from the softphone',
  softphoneSay: 'Typed on the softphone',
  readRecording: 'Listened to a recording',
  exportWords: 'Exported with words',
  eraseCaller: 'Erased a caller',
  eraseCall: 'Erased a call',
  blockNumber: 'Blocked a number',
  unblockNumber: 'Let a number call again',
  saveAgent: 'Saved an agent',
  foundAgent: 'Changed an agent’s file',
  draftAgent: 'Tried a draft',
  previewAgent: 'Looked at a draft',
};

/** Who acted, in words. */
export const WHO_WORDS: Readonly<Record<AuditRow['who'], string>> = {
  token: 'the admin token',
  loopback: 'this machine',
  disk: 'the agents’ folder',
};
export const CLIENT_WORDS: Readonly<Record<NonNullable<AuditRow['client']>, string>> = {
  browser: 'a browser',
  commandLine: 'the command line',
  program: 'a program',
};

/** The result of an act in words, by its HTTP status. */
export function resultWords(status: number | null): string {
  if (status === null) return 'not known';
  if (status < 400) return 'done';
  switch (status) {
    case 403:
      return 'not allowed';
    case 404:
      return 'not there';
    case 409:
      return 'not now';
    case 429:
      return 'too often';
    case 400:
    case 413:
    case 415:
    case 422:
      return 'not valid';
    default:
      return 'failed';
  }
}
