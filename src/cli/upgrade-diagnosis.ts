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
        `${url} opens, but no message comes back: the proxy in front of the engine passes the upgrade, but not the messages after it`,
      );
    case 'garbled':
      return bad(
        `${url} answers the upgrade, but not as a WebSocket: the proxy in front of the engine changes the headers of the answer`,
      );
    case 'broken':
      return bad(`${url} cannot be reached: ${networkWords(outcome.code)}`);
    case 'answered':
      return bad(`${url} does not open: ${answerWords(url, outcome.answer)}`);
  }
}
