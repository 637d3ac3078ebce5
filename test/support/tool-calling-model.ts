import { systemClock } from '../../src/clock.ts';
import type { Answer } from '../../src/simulator/realtime/answers.ts';
import type { RealtimeFaults } from '../../src/simulator/realtime/faults.ts';
import type { SessionSocket } from '../../src/simulator/realtime/frames.ts';
import { inOneDelta, saying } from '../../src/simulator/realtime/scripted-answers.ts';
import { scriptedEar } from '../../src/simulator/realtime/scripted-ear.ts';
import { startRealtimeServer } from '../../src/simulator/realtime/server.ts';
import { RealtimeSession } from '../../src/simulator/realtime/session.ts';
import { HALF_A_SECOND } from './speech-offsets.ts';

const BYTES_PER_MS = 8;

/** A function that the model calls; its name is also the id of the call unless there is one. */
export interface FunctionCall {
  readonly name: string;
  readonly args: unknown;
  readonly id?: string;
}

/** What the model was told of one function call. */
export interface ToldOutput {
  readonly callId: string;
  readonly output: string;
}

interface Sent {
  readonly type: string;
  readonly session?: { readonly tools?: readonly { readonly name: string }[] };
  readonly item?: {
    readonly type: string;
    readonly call_id: string;
    readonly output: string;
    readonly content?: readonly { readonly text?: string }[];
  };
}

/** One conversation: says the same to whatever it is asked, and calls functions when the test says so. */
export class ToolCallingSession {
  /** The names of the tools that the session was configured with. */
  readonly tools: string[] = [];
  /** Every output that it was told, in order. */
  readonly outputs: ToldOutput[] = [];
  /** Every message that it was told, in order. */
  readonly messages: string[] = [];
  /** How often it was asked to say something. */
  asked = 0;
  /** What it says when it is asked to. */
  words = 'Hello.';
  /** How long it takes to say them, in ms. */
  audioMs = 200;
  /** The byte that all of it consists of. */
  sound = 0x55;
  /** Told of every piece of the caller's audio, base64, in the tick it came. */
  onAudio: (audio: string) => void = () => undefined;
  readonly #session: RealtimeSession;
  /** The answer to the caller's turn, in place of the words. */
  #next: Answer | undefined;
  /** Who waits for outputs, and to be asked to go on after the last of them. */
  #round: { readonly open: Set<string>; readonly resolve: () => void } | undefined;

  constructor(model: string, socket: SessionSocket, faults: RealtimeFaults) {
    this.#session = new RealtimeSession({
      model,
      socket,
      clock: systemClock,
      faults,
      listen: scriptedEar({
        hears: (audio) => {
          this.onAudio(audio);
        },
      }),
      answers: () => {
        const answer = this.#next ?? this.#says();
        this.#next = undefined;
        return answer;
      },
    });
  }

  open(): void {
    this.#session.open();
  }

  close(): void {
    this.#session.close();
  }

  take(text: string): void {
    this.#session.take(text);
    if (!text.startsWith('{"type":"input_audio_buffer.append"')) this.#note(JSON.parse(text) as Sent);
  }

  /** The caller has said something, and the model calls functions side by side. */
  calls(...functions: readonly FunctionCall[]): void {
    const calls = functions.map(({ name, args, id = name }) => ({
      name,
      arguments: JSON.stringify(args),
      callId: id,
    }));
    this.#answersTurn(new Promise(() => undefined), { calls });
  }

  /** The caller has said this, and the model speaks. */
  hears(transcript: string): void {
    this.#answersTurn(transcript, this.#says());
  }

  /** As `calls`; resolves when each has been answered, and the model was then asked to go on. */
  callsAndHears(...functions: readonly FunctionCall[]): Promise<void> {
    return new Promise((resolve) => {
      this.#round = { open: new Set(functions.map(({ name, id = name }) => id)), resolve };
      this.calls(...functions);
    });
  }

  #answersTurn(words: string | Promise<undefined>, answer: Answer): void {
    const { caller } = this.#session;
    this.#next = answer;
    caller.starts(HALF_A_SECOND.audio_start_ms);
    caller.stops(HALF_A_SECOND.audio_end_ms);
    caller.ends(words);
    // Answered also where the client keeps the replies to itself.
    if (this.#isOwed()) this.#session.respond();
  }

  #isOwed(): boolean {
    return this.#next !== undefined;
  }

  #note({ type, session, item }: Sent): void {
    if (session?.tools !== undefined)
      this.tools.splice(0, this.tools.length, ...session.tools.map(({ name }) => name));
    if (item?.type === 'function_call_output') {
      this.outputs.push({ callId: item.call_id, output: item.output });
      this.#round?.open.delete(item.call_id);
    }
    this.messages.push(...(item?.content ?? []).flatMap(({ text }) => text ?? []));
    if (type !== 'response.create') return;
    this.asked += 1;
    if (this.#round?.open.size !== 0) return;
    this.#round.resolve();
    this.#round = undefined;
  }

  #says(): Answer {
    const audio = Buffer.alloc(this.audioMs * BYTES_PER_MS, this.sound);
    return saying(inOneDelta(this.words, audio, this.audioMs));
  }
}

/** The simulated service on a real port, with a script for each connection. */
export async function toolCallingModel(faults: RealtimeFaults = {}) {
  const sessions: ToolCallingSession[] = [];
  const waiting: ((session: ToolCallingSession) => void)[] = [];
  const server = await startRealtimeServer({
    clock: systemClock,
    faults,
    hold: (model, socket) => {
      const session = new ToolCallingSession(model, socket, faults);
      sessions.push(session);
      waiting.shift()?.(session);
      return session;
    },
  });

  return {
    url: server.url,
    /** The sessions that were opened, in order. */
    sessions: sessions as readonly ToolCallingSession[],
    /** The next session that is opened. */
    nextSession: (): Promise<ToolCallingSession> =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    /** Cuts the sockets of all sessions, as a network that is lost. */
    drop: () => {
      server.drop();
    },
    close: async () => {
      server.drop();
      await server.close();
    },
  };
}
