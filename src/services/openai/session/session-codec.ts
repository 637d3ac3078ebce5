import type { AgentCodec } from './agent-audio.ts';
import type { CallerCodec } from './caller-audio.ts';

/** Stands between a line of mu-law and a session that speaks something else; base64 on both sides. */
export interface SessionCodec {
  readonly toModel: CallerCodec;
  readonly toLine: AgentCodec;
}

export const bytesOf = (text: Buffer, start: number, end: number) =>
  Buffer.from(text.toString('latin1', start, end), 'base64');

/** Passes audio on as base64, if there is any. */
export function sendBase64(
  audio: Uint8Array,
  send: (text: Buffer, start: number, end: number) => void,
): void {
  if (audio.length === 0) return;
  const bytes = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
  const text = Buffer.from(bytes.toString('base64'), 'latin1');
  send(text, 0, text.length);
}
