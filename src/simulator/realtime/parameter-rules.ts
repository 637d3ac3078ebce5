import type { ResponseParams } from '../../protocol/realtime-client-events.ts';
import type { FunctionTool, RealtimeSession } from '../../protocol/realtime-session.ts';
import { type Refusal, refusal } from './refusal.ts';
import { isVoice, type SessionConfig, voiceName, VOICE_NAMES } from './session-config.ts';

/** The reasoning family; `gpt-realtime-2025-08-28` is not of it. */
const REASONING = /^gpt-realtime-2(\.\d+)?(-mini)?$/;

/** Where a session stands when it is to be changed. */
export interface Standing {
  /** The model's audio is in the conversation. */
  readonly hasSpoken: boolean;
  /** A response of the conversation is under way. */
  readonly isResponding: boolean;
}

/** Why a session cannot be updated like that, although every field of the update is well-formed. */
export function updateRefusal(
  session: SessionConfig,
  update: RealtimeSession,
  { hasSpoken, isResponding }: Standing,
): Refusal | undefined {
  const { audio, model, reasoning, tools = session.tools, tool_choice: choice } = update;
  if (model !== undefined && model !== session.model) {
    return refusal('invalid_value', 'The model of a session cannot be changed.', 'session.model');
  }
  if (reasoning !== undefined && !REASONING.test(session.model)) {
    const message = `Model ${session.model} does not support reasoning.`;
    return refusal('unknown_parameter', message, 'session.reasoning');
  }
  const { voice, speed } = audio?.output ?? {};
  if (voice !== undefined && !isVoice(voice)) return unknownVoice(voice, 'session');
  if (hasSpoken && voice !== undefined && voiceName(voice) !== voiceName(session.audio.output.voice)) {
    const message = "Cannot update a conversation's voice if assistant audio is present.";
    return refusal('cannot_update_voice', message, 'session.audio.output.voice');
  }
  if (isResponding && speed !== undefined && speed !== session.audio.output.speed) {
    const message =
      'The speed of a voice can be changed between turns only, not while a response is in progress.';
    return refusal('invalid_value', message, 'session.audio.output.speed');
  }
  return choiceRefusal(choice, tools, 'session');
}

/** Why there can be no such response in this session, although every field of the request is well-formed. */
export function responseRefusal(
  params: ResponseParams,
  session: SessionConfig,
  hasItem: (id: string) => boolean,
): Refusal | undefined {
  const voice = params.audio?.output?.voice;
  if (voice !== undefined && !isVoice(voice)) return unknownVoice(voice, 'response');
  for (const [at, item] of (params.input ?? []).entries()) {
    if (item.type === 'item_reference' && !hasItem(item.id)) {
      const message = `Item '${item.id}' does not exist.`;
      return refusal('item_not_found', message, `response.input[${String(at)}].id`);
    }
  }
  return choiceRefusal(params.tool_choice, params.tools ?? session.tools, 'response');
}

function unknownVoice(voice: string | { id: string }, of: 'session' | 'response'): Refusal {
  const supported = VOICE_NAMES.map((name) => `'${name}'`).join(', ');
  const message = `Invalid value: '${voiceName(voice)}'. Supported values are: ${supported}.`;
  return refusal('invalid_value', message, `${of}.audio.output.voice`);
}

function choiceRefusal(
  choice: RealtimeSession['tool_choice'],
  tools: readonly FunctionTool[],
  of: 'session' | 'response',
): Refusal | undefined {
  const param = `${of}.tool_choice`;
  if (choice === 'required' && tools.length === 0) {
    return refusal('invalid_value', "Tool choice 'required' must be specified with 'tools'.", param);
  }
  if (typeof choice !== 'object' || tools.some(({ name }) => name === choice.name)) return undefined;
  return refusal('invalid_value', `Tool choice '${choice.name}' is not among 'tools'.`, param);
}
