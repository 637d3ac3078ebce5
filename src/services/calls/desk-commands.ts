import type { CallEvent } from '../../machines/call/call.events.ts';
import type { CommandName } from '../../protocol/console-commands.ts';
import type { DeskCommand } from '../desk/desk.ts';

/** One command of each kind, to ask a chart whether it would take such a one. */
export const EXAMPLES: Readonly<Record<CommandName, DeskCommand>> = {
  hangup: { type: 'hangup' },
  transfer: { type: 'transfer' },
  say: { type: 'say', text: '' },
  whisper: { type: 'whisper', text: '' },
  mute: { type: 'mute', muted: true },
  recording: { type: 'recording', paused: true },
};

/** What a chart is told of an operator's command. */
export function eventOf(command: DeskCommand): CallEvent {
  switch (command.type) {
    case 'hangup':
      return { type: 'hangup.requested' };
    case 'transfer':
      return { type: 'transfer.requested', hasNumber: command.to !== undefined };
    case 'say':
      return { type: 'say.requested', text: command.text };
    case 'whisper':
      return { type: 'whisper.requested', text: command.text };
    case 'mute':
      return { type: 'mute.requested', muted: command.muted };
    case 'recording':
      return { type: 'recording.requested', paused: command.paused, by: 'operator' };
  }
}
