/** What an operator can order of a live call: `POST /api/calls/:callSid/<name>`. Free of libraries: the console bundles it. */

export const COMMAND_NAMES = ['hangup', 'transfer', 'say', 'whisper', 'mute', 'recording'] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

export interface CommandSpec {
  /** Field of the body that must be given, and what it holds. */
  readonly takes: { readonly field: string; readonly type: 'text' | 'boolean' } | undefined;
  readonly meaning: string;
}

export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  hangup: { takes: undefined, meaning: 'ends the call' },
  transfer: { takes: undefined, meaning: "hands the caller to a person, at the profile's escalation number" },
  say: { takes: { field: 'text', type: 'text' }, meaning: 'the agent says this next' },
  whisper: { takes: { field: 'text', type: 'text' }, meaning: 'the agent is told this; the caller is not' },
  mute: {
    takes: { field: 'muted', type: 'boolean' },
    meaning: 'silences the agent for the caller, or lets it be heard again',
  },
  recording: {
    takes: { field: 'paused', type: 'boolean' },
    meaning: 'pauses the recording, or lets it go on: what is said meanwhile is silence in it',
  },
};
