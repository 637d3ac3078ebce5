import type { Clock } from '../../../clock.ts';
import type { ConversationFact } from '../../../machines/session/session.events.ts';
import type { ServerEvent, ServerEventOf } from '../../../protocol/realtime-server-events.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { Log } from '../../../log.ts';
import type { CallerLanguage } from '../memory/caller-language.ts';
import type { CallerWords } from '../memory/caller-words.ts';
import { CallerTurns } from './caller-turns.ts';
import type { ConversationItems } from './conversation-items.ts';
import type { ItemTrack } from '../memory/item-track.ts';
import type { MemoryCuts } from '../memory/memory-cuts.ts';
import { isRace, SESSION_EXPIRED } from '../wire/model-errors.ts';
import { farWord } from '../wire/socket-end.ts';
import type { ModelResponses } from './model-responses.ts';
import { languageNote } from './prompt.ts';
import type { SessionAudioClock } from './session-audio-clock.ts';
import type { SessionSetup } from './session-setup.ts';

interface EventsDeps {
  readonly tell: (fact: ConversationFact) => void;
  readonly clock: Pick<Clock, 'steady'>;
  readonly audioClock: SessionAudioClock;
  readonly callerWords: CallerWords;
  readonly log: Log;
  readonly items: ItemTrack;
  /** Which session of the call it is, the first one being 1. */
  readonly ordinal: number;
  readonly profile: AgentProfile;
  readonly language: CallerLanguage;
  readonly setup: SessionSetup;
  readonly responses: ModelResponses;
  readonly conversation: ConversationItems;
  readonly cuts: MemoryCuts;
  /** The far end has made a session. `expiresAt`: when it will end it, in s since the Unix epoch, if it says so. */
  readonly onOpened: (expiresAt: number | undefined) => void;
  /** A response is running. */
  readonly isBusy: () => boolean;
  /** The session is over; the far end may keep its socket open. */
  readonly onExpired: () => void;
  /** A turn was committed by a far end that did not know yet that it may answer, or that was still saying something. */
  readonly onUnanswered: () => void;
}

/** Brings each event of the far end to the room that it concerns. */
export class ModelEvents {
  readonly #deps: EventsDeps;
  readonly #turns: CallerTurns;
  #isReplyDue = false;

  constructor(deps: EventsDeps) {
    this.#deps = deps;
    const { audioClock, callerWords, clock, ordinal, profile, tell } = deps;
    const steady = () => clock.steady();
    this.#turns = new CallerTurns(tell, profile.turnDetection, steady, audioClock, callerWords, ordinal);
  }

  /** The caller's turn has ended, and the far end has yet to begin the reply that it makes by itself. */
  get isReplyDue(): boolean {
    return this.#isReplyDue;
  }

  /** The caller speaks, or the far end is about to answer. */
  get isTurnOpen(): boolean {
    return this.#isReplyDue || this.#turns.isOpen;
  }

  /** Words of the caller are on their way. */
  get areWordsDue(): boolean {
    return this.#turns.areWordsDue;
  }

  /** The session is gone. True when some of the caller's words were lost with it. */
  lost(): boolean {
    return this.#turns.lost();
  }

  /** Audio does not come here: it has its own way. */
  take(event: Exclude<ServerEvent, { type: 'response.output_audio.delta' }>): void {
    const { conversation, isBusy, items, onOpened, onUnanswered, responses, setup } = this.#deps;
    switch (event.type) {
      case 'session.created':
        onOpened(event.session?.expires_at);
        return;
      case 'session.updated':
        setup.updated(event);
        return;
      case 'input_audio_buffer.speech_started':
        this.#turns.started(event);
        return;
      case 'input_audio_buffer.speech_stopped':
        this.#turns.stopped(event);
        return;
      case 'input_audio_buffer.committed':
        conversation.turnCommitted();
        if (!this.#turns.committed(event) || !setup.repliesByItself) return;
        if (setup.isReplySure && !isBusy()) this.#isReplyDue = true;
        else onUnanswered();
        return;
      case 'input_audio_buffer.timeout_triggered':
        this.#isReplyDue = true;
        this.#turns.timedOut(event);
        return;
      case 'conversation.item.added':
      case 'conversation.item.created':
        if (event.item.id) conversation.itemAdded(event.item.id);
        return;
      case 'conversation.item.input_audio_transcription.delta':
        this.#turns.wording(event);
        return;
      case 'conversation.item.input_audio_transcription.completed':
        this.#said(event);
        return;
      case 'conversation.item.input_audio_transcription.failed':
        this.#turns.unclear(event);
        return;
      case 'response.created':
        this.#isReplyDue = false;
        responses.created(event, setup.repliesByItself);
        return;
      case 'response.output_audio_transcript.delta':
        items.words(event.item_id, event.delta);
        return;
      case 'response.output_audio_transcript.done':
        items.finalWords(event.item_id, event.transcript);
        return;
      case 'response.output_item.added':
        responses.itemAdded(event);
        return;
      case 'response.function_call_arguments.done':
        responses.argumentsDone(event);
        return;
      case 'response.output_item.done':
        responses.itemDone(event);
        return;
      case 'response.done':
        responses.done(event);
        return;
      case 'error':
        this.#refused(event);
        return;
    }
  }

  #said(event: ServerEventOf<'conversation.item.input_audio_transcription.completed'>): void {
    const words = this.#turns.said(event);
    if (words === undefined) return;
    const { conversation, language, profile } = this.#deps;
    const changed = language.heard(words.text, words.language, profile.language);
    if (changed !== undefined) conversation.addMessage('system', languageNote(changed));
  }

  /** An error never ends a call by itself: it says that one event was refused, and mostly which. */
  #refused({ error }: ServerEventOf<'error'>): void {
    const { conversation, cuts, log, responses, setup } = this.#deps;
    const code = error.code ?? undefined;
    const eventId = error.event_id ?? undefined;
    const isSettled =
      setup.refused(eventId, code, error.param ?? undefined) ||
      responses.refused(eventId, code) ||
      (eventId !== undefined && (cuts.refused(eventId, code) || conversation.refused(eventId)));
    // Not its message: it may quote what was refused. A code or a parameter that is none may, too.
    const [named, kind, param] = [code, error.type, error.param].map((word) => word && farWord(word));
    const fields = { code: named, kind, param, isSettled };
    if (code === SESSION_EXPIRED) this.#deps.onExpired();
    else if (isRace(code)) log.debug(fields, 'race with the model, ignored');
    else log.warn(fields, 'model refused an event');
  }
}
