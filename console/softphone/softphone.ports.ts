import type { SoftphoneCall } from '../../src/protocol/console-softphone.ts';
import type { FromLine, ToLine } from './line-messages.ts';
import type { Trouble } from './trouble.ts';

/** What the softphone needs of the browser and of the engine. */
export interface SoftphoneDeps {
  /** Opens the devices. @throws an error that `troubleOf` can explain; nothing stays open then. */
  openLine(choice: LineChoice): Promise<DeviceLine>;
  openCall(dialled: Dialled): Promise<SoftphoneCall>;
  /** Opens the stream of a call with its token. Calls none of `ears` before it has returned. */
  connect(stream: Pick<SoftphoneCall, 'streamUrl' | 'token'>, ears: SocketEars): Socket;
  /** Makes a sentence by the built-in voice, as mu-law. */
  speak(text: string): Promise<Uint8Array>;
  /** Explains an error to the viewer. */
  troubleOf(thrown: unknown): Trouble;
  newStreamSid(): string;
  /** The time in ms since the Unix epoch. */
  now(): number;
}

/** The devices of a line. */
export interface LineChoice {
  /** A device's id, `default`, or `none` for a caller who types. */
  readonly microphone: string;
  /** A device's id, or `default`. */
  readonly speaker: string;
}

/** The microphone and the speaker, open. */
export interface DeviceLine {
  tell(message: ToLine): void;
  listen(listener: (message: FromLine) => void): void;
  /** Changes the devices during a call. Rejects when one cannot be opened; the line is as before. */
  change(choice: LineChoice): Promise<void>;
  /** Frees both devices. */
  close(): void;
}

/** Who is called: an agent as saved, or a draft of one. */
export interface Dialled {
  readonly agentId?: string;
  readonly draftId?: string;
}

/** The part of an open or opening WebSocket that is used. */
export interface Socket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number): void;
}

/** What a socket calls. */
export interface SocketEars {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onClose: (code: number) => void;
}
