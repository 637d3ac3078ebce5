/** Between the beta wire and GA's, as far as a simulated far end needs it. */

type Fields = Record<string, unknown>;

const BETA_FORMATS: Readonly<Record<string, string>> = { 'audio/pcmu': 'g711_ulaw', 'audio/pcm': 'pcm16' };

/** What a far end of the GA wire says, in beta's words. */
export function betaServerEvent(text: string): string {
  const { type, ...event } = JSON.parse(text) as { type: string } & Fields;
  const betaType = type
    .replace(/^response\.output_audio/, 'response.audio')
    .replace('conversation.item.added', 'conversation.item.created');
  const session = event['session'] as { audio?: { input: { format: { type: string } } } } | undefined;
  if (session?.audio === undefined) return JSON.stringify({ type: betaType, ...event });
  const format = BETA_FORMATS[session.audio.input.format.type];
  const beta = { input_audio_format: format, output_audio_format: format };
  return JSON.stringify({ type: betaType, ...event, session: beta });
}

/** What the engine says on the beta wire, as the far end of the GA wire takes it. */
export function betaClientEvent(text: string): string {
  const event = JSON.parse(text) as { type: string; session?: Fields } & Fields;
  if (event.type !== 'session.update') return text;
  const { turn_detection } = event.session ?? {};
  return JSON.stringify({ ...event, session: { audio: { input: { turn_detection } } } });
}
