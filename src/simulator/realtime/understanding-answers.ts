import { EngineError } from '../../errors.ts';
import { readFacts } from '../answers/business-facts.ts';
import type { Scenario } from '../scenario.ts';
import { BYTES_PER_MS, type SpeechFormat } from '../speech/speech-messages.ts';
import type { Manner } from '../speech/flite.ts';
import type { Speech } from '../speech/speech.ts';
import type { Clock } from '../../clock.ts';
import type { Answers, AudioPiece, Prompt, Question, Sentence } from './answers.ts';
import { Dialogue, type Reply } from './dialogue.ts';
import { formatOf, mannerOf } from './session-config.ts';
import { sentencesOf, textPieces, unevenPieces } from './spoken-pieces.ts';
import { newId } from './wire.ts';

/** Audio is made this many times faster than it is heard, as the service was measured to do. */
const SPEED = 4;
const ZONE = /\b[A-Z][A-Za-z]+\/[A-Z][A-Za-z_/]+\b/;

interface Understanding {
  readonly scenario: Scenario;
  readonly speech: Pick<Speech, 'say'>;
  readonly clock: Clock;
}

/** Follows a scenario through one session, and speaks with a voice. */
export function understandingAnswers({ scenario, speech, clock }: Understanding): Answers {
  const dialogue = new Dialogue(scenario);
  return async (question) => {
    const prompt = await question.prompt();
    if (question.isOver()) return {};
    const reply = replyTo(dialogue, prompt, question, clock);
    const callId = newId('call');
    if (reply.call !== undefined) dialogue.called(callId, reply.call);
    return {
      sentences: spoken(sentencesOf(reply.say ?? ''), question, speech),
      calls: reply.call === undefined ? [] : [{ ...reply.call, callId }],
    };
  };
}

function replyTo(dialogue: Dialogue, prompt: Prompt, question: Question, clock: Clock): Reply {
  const { session, params, tools, isForced } = question;
  const zone = ZONE.exec(params.instructions ?? session.instructions)?.[0];
  const moment = { now: clock.now(), zone: zone !== undefined && isZone(zone) ? zone : 'UTC' };
  const facts = readFacts(session.instructions);
  const reply = dialogue.reply(prompt, params.instructions, tools, moment, facts);
  const [first] = tools;
  if (!isForced || reply.call !== undefined || first === undefined) return reply;
  return dialogue.forced(first, moment, facts);
}

/** Each sentence is computed while the one before it is sent. */
function spoken(
  texts: readonly string[],
  { params, session }: Question,
  speech: Pick<Speech, 'say'>,
): readonly Sentence[] {
  const output = { ...session.audio.output, ...params.audio?.output };
  const format = formatOf(params.audio?.output?.format ?? session.audio.output.format);
  const manner = mannerOf(params.audio?.output?.voice ?? session.audio.output.voice, output.speed);
  const made = new Map<number, Promise<Uint8Array | EngineError>>();
  const make = (at: number) => {
    const text = texts[at];
    if (text !== undefined && !made.has(at)) made.set(at, caught(speech, text, manner, format));
    return made.get(at);
  };
  return texts.map((sentence, at) => {
    const text = at === 0 ? sentence : ` ${sentence}`;
    return {
      text,
      pieces: async () => {
        const making = make(at);
        const audio = await making;
        void make(at + 1);
        if (audio === undefined) return [];
        if (audio instanceof EngineError) throw audio;
        return piecesOf(text, audio, format);
      },
    };
  });
}

/** Audio and words are made together: the words end where the audio does. */
function piecesOf(text: string, audio: Uint8Array, format: SpeechFormat): AudioPiece[] {
  const pieces = unevenPieces(audio, format === 'audio/pcm' ? 2 : 1);
  const texts = textPieces(text, pieces.length);
  return pieces.map((piece, i) => {
    const ms = piece.length / BYTES_PER_MS[format];
    return { text: texts[i] ?? '', ms, pauseMs: ms / SPEED, bytes: () => piece };
  });
}

/** A failure is a value until its sentence's turn comes: it may never be waited for. */
async function caught(
  speech: Pick<Speech, 'say'>,
  text: string,
  manner: Manner,
  format: SpeechFormat,
): Promise<Uint8Array | EngineError> {
  try {
    return await speech.say(text, manner, format);
  } catch (cause) {
    return cause instanceof EngineError ? cause : new EngineError('SPEECH_UNAVAILABLE', undefined, { cause });
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
