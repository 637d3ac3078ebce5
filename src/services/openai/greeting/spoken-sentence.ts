import type { Clock } from '../../../clock.ts';
import { EngineError } from '../../../errors.ts';
import type { ModelFact } from '../../../machines/call/call.events.ts';
import { AudioLine } from '../../../media/audio-line.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { Log } from '../../../log.ts';
import { CallMemory } from '../memory/call-memory.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { GatheredAudio } from './gathered-audio.ts';
import { openLoneSession } from './lone-session.ts';
import type { ModelSocket } from '../wire/model-socket.ts';
import { isWordForWord } from './word-for-word.ts';

/** A sentence of 500 characters takes some 35 s to be heard, and a quarter of that to be made. */
const SPOKEN_WITHIN_MS = 30_000;

export interface SentenceSession {
  /** Begins to connect. Failures are told by the socket's events. */
  readonly connect: (dialect: Dialect) => ModelSocket;
  readonly makeDialect: () => Dialect;
  /** Whose voice, format and language. */
  readonly profile: AgentProfile;
  /** Said word for word. */
  readonly text: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the session; the promise rejects. */
  readonly signal: AbortSignal;
}

/**
 * Has the model say a sentence, once, as it would in a call: the same
 * session, voice and format, without tools, without a caller, and with nobody at the
 * phone's end of the line but a recorder. Resolves with mu-law, 8000 Hz. Costs
 * one short session.
 *
 * @throws {EngineError} `RESPONSE_FAILED` when it comes to nothing, or other words come than
 *   those asked for; the code of the session's own failure when the session is refused or lost.
 */
export function speakSentence(session: SentenceSession): Promise<Buffer> {
  const { connect, makeDialect, profile, text, clock, log, signal } = session;
  const audio = new GatheredAudio();
  const line = new AudioLine();
  line.listenAsPhone(audio);

  return new Promise((resolve, reject) => {
    const words: string[] = [];
    const end = (failure: EngineError | undefined) => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      own.stop();
      if (failure === undefined) resolve(audio.muLaw);
      else reject(failure);
    };
    const abort = () => {
      end(failed('the engine stops'));
    };
    const listen = (fact: ModelFact): void => {
      if (fact.type === 'model.configured') own.order({ type: 'createResponse', purpose: 'say', text });
      if (fact.type === 'model.refused' || fact.type === 'model.disconnected')
        end(new EngineError(fact.error.code));
      if (fact.type === 'agent.said') words.push(fact.text);
      if (fact.type === 'response.finished') {
        const { status } = fact.outcome;
        // The session tells the words of what was heard, and here all of it was: within the tick, behind this fact.
        own.order({ type: 'settleItems', heard: audio.items });
        queueMicrotask(() => {
          end(problemOf(status, words.join(' '), text));
        });
      }
    };
    const own = openLoneSession(
      {
        line,
        connect,
        makeDialect,
        profile,
        tools: [],
        clock,
        log,
        audio: profile.audio,
        memory: new CallMemory(clock),
      },
      listen,
    );
    const timer = clock.setTimeout(() => {
      end(failed(`not said within ${String(SPOKEN_WITHIN_MS)} ms`));
    }, SPOKEN_WITHIN_MS);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
}

function problemOf(status: string, said: string, asked: string): EngineError | undefined {
  if (status !== 'completed') return failed(`the response ended ${status}`);
  return isWordForWord(said, asked) ? undefined : failed('the model said other words than asked');
}

const failed = (detail: string) => new EngineError('RESPONSE_FAILED', detail);
