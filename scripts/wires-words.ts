/**
 * What no schema knows of a message: when it comes, and what follows. One entry for each message of both wires; one that
 * is missing, or too many, does not compile.
 */
import type { ClientEvent } from '../src/protocol/realtime-client-events.ts';
import type { ServerEvent } from '../src/protocol/realtime-server-events.ts';
import type { StreamMessage, StreamReply } from '../src/protocol/twilio-stream.ts';
import type { TWILIO_FORMS } from '../src/protocol/twilio-webhook.ts';

/** Of one message, in Markdown. */
export interface MessageWords {
  /** When, and in which order. */
  readonly when: string;
  /** What answers it, or what the engine makes of it. */
  readonly then: string;
}

/** Twilio to the engine. */
export const STREAM_WORDS: Readonly<Record<Exclude<StreamMessage['event'], 'unknown'>, MessageWords>> = {
  connected: { when: 'first, once', then: 'ignored' },
  start: {
    when: 'second, once, within 5 s of the upgrade; only `connected` and messages of unknown names may come before it',
    then: 'the token is used up and the stream meets its call: `phone.attached`. What comes meanwhile waits',
  },
  media: {
    when: 'every 20 ms, in silence too, until `stop`. `track` other than `inbound` is ignored',
    then: 'the payload goes to the model in the same tick, undecoded. None for 750 ms: silence is filled in; for 3 s: a ping; for 10 s: the stream is lost',
  },
  mark: {
    when: 'when all audio sent before the mark of that name was played; at once after a `clear`',
    then: 'proves what was heard. One from before a `clear` proves nothing',
  },
  dtmf: { when: 'a key is pressed', then: '`digit.pressed`, twenty a second at most' },
  stop: {
    when: 'last: the caller has hung up, or the TwiML was replaced. May be missing',
    then: '`phone.stopped`; the engine closes with 1000',
  },
  typed: {
    when: 'just before the audio of typed words. Of the simulated carrier only; Twilio never sends it',
    then: '`simulator.typed` to the simulated model, and to no other',
  },
};

/** The engine to Twilio. */
export const REPLY_WORDS: Readonly<Record<StreamReply['event'], MessageWords>> = {
  media: {
    when: 'audio of the agent or of a clip: one message for each delta, in whole frames of 160 bytes',
    then: 'nothing. Twilio buffers it and plays it in order',
  },
  mark: {
    when: 'behind the first piece of an item, then once a second, then at its end. Names are `g`, a generation, `:`, a number',
    then: '`mark` with the same name',
  },
  clear: {
    when: 'the caller interrupts, playback is paused or muted, what is said lasts too long, an operator hangs up',
    then: 'every `mark` that is still out, at once',
  },
};

/** Twilio's requests: which route, and what is decided by it. */
export const FORM_WORDS: Readonly<
  Record<keyof typeof TWILIO_FORMS, { readonly route: string; readonly then: string }>
> = {
  voice: {
    route: 'POST /twilio/voice',
    then: '`<Connect><Stream>` with a token, when the call is on disk; else `<Say>` and `<Hangup>`. Asked again for the same `CallSid`: a token for the next stream of that call',
  },
  afterStream: {
    route: 'POST /twilio/after-stream',
    then: 'the stream was closed by either side, or did not open; `epoch` of the URL says which one: `<Dial>` where a transfer was written down before, else `<Hangup>`',
  },
  dialResult: {
    route: 'POST /twilio/dial-result',
    then: 'nobody answered: `<Connect><Stream>` again, of the next epoch; else `<Hangup>`',
  },
  recording: { route: 'POST /twilio/recording', then: 'written down, once for each status' },
  callStatus: {
    route: 'POST /twilio/status',
    then: 'a last status ends the call, wherever it is: `phone.completed`. Callbacks may come twice and in any order',
  },
  streamStatus: { route: 'POST /twilio/status', then: 'logged' },
  messageStatus: { route: 'POST /twilio/status', then: 'the status of a text; one that is further on stays' },
};

/** The engine to the model. */
export const CLIENT_WORDS: Readonly<Record<ClientEvent['type'], MessageWords>> = {
  'session.update': {
    when: 'after `session.created`, whole. Later in two things only: `turn_detection` when replies are allowed, `tools` when some are withdrawn',
    then: '`session.updated`, or `error`',
  },
  'input_audio_buffer.append': {
    when: 'each frame of the caller, once the session is configured',
    then: 'nothing',
  },
  'input_audio_buffer.commit': {
    when: 'a turn lasts longer than it may',
    then: '`input_audio_buffer.committed`; no reply by itself',
  },
  'input_audio_buffer.clear': { when: 'never sent; the simulator takes it', then: 'nothing' },
  'conversation.item.create': {
    when: 'an output of a tool; a message: keys, a whisper, a note, what a clip has said (`previous_item_id: "root"`)',
    then: '`conversation.item.added`, in the order sent',
  },
  'conversation.item.truncate': {
    when: 'an item was heard in part. Sent again once when it is refused while the item is being finished',
    then: 'nothing that the engine waits for; `error` when it is more than there is',
  },
  'conversation.item.delete': { when: 'of an item nothing was heard', then: '`error` when there is none' },
  'conversation.item.retrieve': { when: 'never sent; the simulator takes it', then: 'nothing' },
  'response.create': {
    when: 'no response runs and none is on its way. `metadata.callchart_request` repeats the `event_id`',
    then: '`response.created`, or `error` `conversation_already_has_active_response`: then it waits and is sent again',
  },
  'response.cancel': {
    when: 'the caller interrupts, or a reply is not wanted any more',
    then: '`response.done` with `cancelled`, or `error` `response_cancel_not_active`. Late deltas are dropped by their response',
  },
};

/** The model to the engine. */
export const SERVER_WORDS: Readonly<Record<ServerEvent['type'], MessageWords>> = {
  'session.created': { when: 'first, once', then: '`model.opened`; the session is configured' },
  'session.updated': {
    when: 'answers `session.update`',
    then: 'the first: formats are compared, then `model.configured` and the audio begins; other formats refuse the call',
  },
  'input_audio_buffer.speech_started': {
    when: 'the caller begins to speak',
    then: '`caller.startedSpeaking`',
  },
  'input_audio_buffer.speech_stopped': {
    when: 'the caller has fallen silent',
    then: '`caller.stoppedSpeaking`',
  },
  'input_audio_buffer.committed': {
    when: 'the turn is in the conversation: behind `speech_stopped`, or behind a commit',
    then: '`caller.committed`. A reply follows by itself where it was allowed and nothing was being said; else one is asked for',
  },
  'input_audio_buffer.timeout_triggered': {
    when: '`idle_timeout_ms` is over without speech',
    then: '`caller.keptSilent`; a response follows by itself',
  },
  'conversation.item.added': {
    when: 'an item is in the conversation',
    then: 'an item of the engine counts as known',
  },
  'conversation.item.created': { when: 'the older name of the same', then: 'the same' },
  'conversation.item.input_audio_transcription.delta': {
    when: 'words of a turn, as they are written down',
    then: 'shown live; not kept',
  },
  'conversation.item.input_audio_transcription.completed': {
    when: 'once for each turn: before, during or after the reply to it',
    then: '`caller.said`',
  },
  'conversation.item.input_audio_transcription.failed': {
    when: 'in its stead',
    then: '`caller.unclear`',
  },
  'response.created': {
    when: 'a response begins: asked for, or by itself',
    then: '`response.started`; by its `metadata` it is known which request it answers',
  },
  'response.output_audio.delta': {
    when: 'many for each item, faster than they are heard',
    then: 'passed to the caller in the same tick; the first of an item is `agent.startedItem`',
  },
  'response.output_audio_transcript.delta': {
    when: 'beside the audio, ahead of it',
    then: 'kept with its item, to know which words were heard',
  },
  'response.output_audio_transcript.done': { when: 'the words of an item are whole', then: 'the same' },
  'response.output_item.added': {
    when: 'an item begins',
    then: 'the name of a function, where no later event tells it',
  },
  'response.function_call_arguments.done': {
    when: 'the arguments are there, or were cut short',
    then: 'counts only with `response.done`, where nothing else told the call',
  },
  'response.output_item.done': {
    when: 'an item is final',
    then: 'a `function_call` that is `completed`: `tool.requested`. Others: the item is whole',
  },
  'response.done': {
    when: 'last of its response, whatever became of it',
    then: '`response.finished`, `usage.reported`; the next request is sent',
  },
  error: {
    when: 'something was refused; `event_id` says what, mostly',
    then: 'told to whoever sent it. A configuration that is refused refuses the call, and so does a key, account or model that is wrong; by itself it never ends one',
  },
};
