import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { COMMANDS, type CommandName } from '../../../protocol/console-commands.ts';
import { ask } from '../api/request.ts';
import { CommandDialog } from './command-dialog.tsx';
import './commands.css';

interface CommandsProps {
  readonly callSid: string;
  /** What the call takes where it stands: nothing else is offered. */
  readonly commands: readonly CommandName[];
  readonly isMuted: boolean;
}

/** In this order, the harmless first. */
const ORDER: readonly CommandName[] = ['say', 'whisper', 'mute', 'transfer', 'hangup'];

const LABELS: Record<CommandName, string> = {
  say: 'Say',
  whisper: 'Whisper',
  mute: 'Mute',
  transfer: 'Transfer',
  hangup: 'Hang up',
};

/** What an operator can have a live call do. */
export function Commands({ callSid, commands, isMuted }: CommandsProps) {
  const order = useMutation({
    mutationFn: ({ name, body }: { readonly name: CommandName; readonly body: object }) =>
      ask(`/api/calls/${encodeURIComponent(callSid)}/${name}`, { method: 'POST', body }),
  });
  const give = (name: CommandName, body: object) => {
    order.mutate({ name, body });
  };
  const offered = ORDER.filter((name) => commands.includes(name));
  return (
    <div className="commands" role="group" aria-label="Commands to the call">
      {order.error !== null && (
        <span className="commands-trouble" role="alert">
          {order.error.message}
        </span>
      )}
      {offered.map((name) =>
        name === 'mute' ? (
          <Button
            key={name}
            className="button"
            aria-label={
              isMuted ? 'Unmute: lets the agent be heard again' : 'Mute: silences the agent for the caller'
            }
            onPress={() => {
              give('mute', { muted: !isMuted });
            }}
          >
            {isMuted ? 'Unmute' : 'Mute'}
          </Button>
        ) : (
          <CommandDialog
            key={name}
            label={LABELS[name]}
            meaning={COMMANDS[name].meaning}
            takesText={COMMANDS[name].takes?.type === 'text'}
            isFinal={name === 'hangup' || name === 'transfer'}
            onGive={(text) => {
              give(name, text === undefined ? {} : { text });
            }}
          />
        ),
      )}
    </div>
  );
}
