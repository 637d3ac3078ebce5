import type { StreamTicket } from './carrier-leg.ts';
import type { FromLine, ToLine } from './line-messages.ts';
import type { Trouble } from './trouble.ts';

/** What the softphone needs of the browser and of the engine. */
export interface SoftphoneDeps {
  /** @throws whatever `troubleOf` can explain; nothing stays open then. */
  openLine(choice: LineChoice): Promise<AudioLine>;
  openCall(dialled: Dialled): Promise<OpenedCall>;
  /** Opens the stream of a call with its token. Tells nothing before it has answered. */
  connect(stream: Pick<OpenedCall, 'streamUrl' | 'token'>, ears: SocketEars): Socket;
  /** The built-in voice: mu-law of a sentence. */
  speak(text: string): Promise<Uint8Array>;
  /** What to tell the viewer of an error. */
  troubleOf(thrown: unknown): Trouble;
  newStreamSid(): string;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Which devices a line has. */
export interface LineChoice {
  /** A device's id, `default`, or `none` for a caller who types. */
  readonly microphone: string;
  /** A device's id, or `default`. */
  readonly speaker: string;
}

/** The microphone and the speaker, open. */
export interface AudioLine {
  tell(message: ToLine): void;
  listen(listener: (message: FromLine) => void): void;
  /** Takes other devices in the middle of a call. Rejects when one cannot be had; the line is as before. */
  change(choice: LineChoice): Promise<void>;
  /** Frees both devices. */
  close(): void;
}

/** Who is called: an agent as saved, or a draft of one. */
export interface Dialled {
  readonly agentId?: string;
  readonly draftId?: string;
}

export interface OpenedCall extends StreamTicket {
  readonly streamUrl: string;
}

/** An open or opening WebSocket; the browser's own fits. */
export interface Socket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number): void;
}

/** What a socket tells. */
export interface SocketEars {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onClose: (code: number) => void;
}
