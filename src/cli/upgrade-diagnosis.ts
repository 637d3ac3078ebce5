import { answerWords, networkWords } from './answer-words.ts';
import { bad, type Finding, sound } from './finding.ts';
import type { UpgradeOutcome } from './upgrade-probe.ts';

/** What is told of a media socket, by what came back when it was opened. */
export function diagnosed(url: string, outcome: UpgradeOutcome): Finding {
  switch (outcome.kind) {
    case 'opened':
      return sound(`${url} opens`);
    case 'mute':
      return bad(
        `${url} opens, and nothing comes back: what is in front of the engine lets the upgrade through and keeps what follows`,
      );
    case 'garbled':
      return bad(
        `${url} answers the upgrade, and not as a WebSocket does: what is in front of the engine changes the answer's headers`,
      );
    case 'broken':
      return bad(`${url} cannot be reached: ${networkWords(outcome.code)}`);
    case 'answered':
      return bad(`${url} does not open: ${answerWords(url, outcome.answer)}`);
  }
}
