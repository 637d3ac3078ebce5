import type { Answer } from '../../src/simulator/realtime/answers.ts';
import { inOneDelta, saying } from '../../src/simulator/realtime/scripted-answers.ts';
import { scriptedEar } from '../../src/simulator/realtime/scripted-ear.ts';
import { RealtimeSession } from '../../src/simulator/realtime/session.ts';
import type { Hearing } from '../../src/simulator/speech/speech-messages.ts';
import type { ModelSocketPipe } from './model-socket-pipe.ts';
import { speechOffsets } from './speech-offsets.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** An event as the engine sent it. */
export type Asked = { readonly type: string } & Record<string, unknown>;

interface Asking {
  readonly metadata?: Record<string, string>;
}

/** What every letter takes to be said, in ms: whole frames. */
export const MS_PER_LETTER = 60;
const BYTES_PER_MS = 8;
const SOUND = 0x55;

/**
 * The simulated service in a test's hands: says for each purpose what the script
 * has, all audio at once after `latencyMs`. A caller's turn is what the test
 * says it is.
 */
export class ScriptedModel {
  /** Purpose to words; `undefined` for what it answers with silence. */
  readonly script: Record<string, string | undefined> = {
    greeting: 'Hi, this is Acme, how can I help you?',
    reply: 'We are open from nine to five.',
    goodbye: 'Goodbye, and thank you.',
    idlePrompt: 'Are you still there?',
    lastMinute: 'I am sorry, we have to end soon.',
    toolAnswer: 'It is done.',
    filler: 'One moment, please.',
    say: 'As you say.',
  };
  /** Everything that was asked but audio. */
  readonly asked: Asked[] = [];
  /** Bytes of mu-law of the caller, in order. */
  readonly audio: Buffer[] = [];
  /** How often it found the caller silent for too long. */
  timeOuts = 0;
  readonly #socket: ModelSocketPipe;
  readonly #session: RealtimeSession;
  #hearing: Hearing | undefined;
  /** The answer to its next own response, in place of the script's. */
  #next: Answer | undefined;
  #spokenAtMs = 0;

  constructor(socket: ModelSocketPipe, clock: VirtualClock, latencyMs = 300) {
    this.#socket = socket;
    this.#session = new RealtimeSession({
      model: 'gpt-realtime-2.1',
      clock,
      faults: { firstAudioAfterMs: latencyMs },
      listen: scriptedEar({
        hears: (audio) => this.audio.push(Buffer.from(audio, 'base64')),
        listens: (hearing) => (this.#hearing = hearing),
      }),
      answers: ({ params }) => this.#answer(params.metadata?.['purpose'] ?? 'reply'),
      socket: {
        write: (text) => {
          if (text.includes('"input_audio_buffer.timeout_triggered"')) this.timeOuts++;
          if (socket.readyState === 1) socket.says(text);
        },
        close: (code) => {
          socket.drops(code);
        },
      },
    });
    socket.on('sent', (text: string) => {
      const event = JSON.parse(text) as Asked;
      if (event.type !== 'input_audio_buffer.append') this.asked.push(event);
      this.#session.take(text);
    });
    socket.on('close', () => {
      this.#session.close();
    });
  }

  /** What was asked of a type. */
  all(type: string): Asked[] {
    return this.asked.filter((event) => event.type === type);
  }

  /** For what responses were asked, in order. */
  get purposes(): string[] {
    return this.all('response.create').map(
      ({ response }) => (response as Asking).metadata?.['purpose'] ?? 'none',
    );
  }

  /** The session exists. */
  opens(): void {
    this.#socket.open();
    this.#session.open();
  }

  /** @param atMs - of the session's audio. */
  speechStarts(itemId: string, atMs = 1000): void {
    this.#spokenAtMs = atMs;
    this.#session.caller.starts(this.#offsets(atMs, atMs).audio_start_ms, itemId);
  }

  /**
   * The caller's turn ends; without words its transcription never comes.
   * @param endMs - where the caller fell silent, in the session's audio.
   */
  speechStops(itemId: string, words?: string, language?: string, endMs = this.#spokenAtMs + 900): void {
    this.speechEnds(itemId, endMs - this.#spokenAtMs);
    this.#session.caller.ends(words ?? new Promise(() => undefined), languages(language));
  }

  transcribes(itemId: string, transcript: string, language?: string): void {
    this.#session.caller.transcribed(itemId, transcript, languages(language));
  }

  /** Some of the words that are being spoken are known. */
  writes(itemId: string, delta: string): void {
    this.#session.caller.transcribes(itemId, delta);
  }

  /** What was spoken lasted so long; the turn is not in the conversation yet. */
  speechEnds(_itemId: string, spokenMs: number): void {
    const endMs = this.#spokenAtMs + spokenMs;
    this.#session.caller.stops(this.#offsets(endMs, endMs).audio_end_ms);
  }

  /** A whole turn of the caller, in one tick. */
  callerSays(itemId: string, words: string, language?: string): void {
    this.speechStarts(itemId);
    this.speechStops(itemId, words, language);
  }

  /** The model begins a response by itself, which calls a tool. */
  callTool(name: string, preamble?: string, argumentsJson = '{}'): void {
    this.#next = { ...this.#says(preamble), calls: [{ name, arguments: argumentsJson }] };
    this.#session.respond();
  }

  #answer(purpose: string): Answer {
    const answer = this.#next ?? this.#says(this.script[purpose]);
    this.#next = undefined;
    return answer;
  }

  #says(words?: string): Answer {
    if (words === undefined) return {};
    const ms = words.length * MS_PER_LETTER;
    return saying(inOneDelta(words, Buffer.alloc(ms * BYTES_PER_MS, SOUND), ms));
  }

  /** As the session's detector tells them. */
  #offsets(startMs: number, endMs: number) {
    const { prefixMs, silenceMs } = this.#hearing?.detection ?? {};
    return speechOffsets(startMs, endMs, {
      ...(prefixMs !== undefined && { prefix_padding_ms: prefixMs }),
      ...(silenceMs !== undefined && { silence_duration_ms: silenceMs }),
    });
  }
}

const languages = (language: string | undefined) => (language === undefined ? undefined : [language]);
