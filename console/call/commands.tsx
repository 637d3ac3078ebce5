import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { COMMANDS, type CommandName } from '../../src/protocol/console-commands.ts';
import { ask } from '../api/request.ts';
import { CommandDialog } from './command-dialog.tsx';
import './commands.css';

interface CommandsProps {
  readonly callSid: string;
  /** The commands that the call takes in its state; no others are offered. */
  readonly commands: readonly CommandName[];
  readonly isMuted: boolean;
  readonly isRecordingPaused: boolean;
  /** True while the engine does not answer. */
  readonly isGone: boolean;
}

/** The order of the buttons, the least harmful first. */
const ORDER: readonly CommandName[] = ['say', 'whisper', 'mute', 'recording', 'transfer', 'hangup'];

const LABELS: Record<CommandName, string> = {
  say: 'Say',
  whisper: 'Whisper',
  mute: 'Mute',
  recording: 'Recording',
  transfer: 'Transfer',
  hangup: 'Hang up',
};

/** Shows the buttons by which an operator commands a live call. */
export function Commands({ callSid, commands, isMuted, isRecordingPaused, isGone }: CommandsProps) {
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
      {offered.map((name) => {
        if (name === 'mute')
          return (
            <Switch
              key={name}
              isOn={isMuted}
              isDisabled={isGone}
              off={{ label: 'Mute', meaning: 'silences the agent for the caller' }}
              on={{ label: 'Unmute', meaning: 'lets the agent be heard again' }}
              onSwitch={(muted) => {
                give('mute', { muted });
              }}
            />
          );
        if (name === 'recording')
          return (
            <Switch
              key={name}
              isOn={isRecordingPaused}
              isDisabled={isGone}
              off={{ label: 'Pause recording', meaning: 'what is said from now on is silence in it' }}
              on={{ label: 'Resume recording', meaning: 'both sides are recorded again' }}
              onSwitch={(paused) => {
                give('recording', { paused });
              }}
            />
          );
        return (
          <CommandDialog
            key={name}
            label={LABELS[name]}
            meaning={COMMANDS[name].meaning}
            takesText={COMMANDS[name].takes?.type === 'text'}
            isDisabled={isGone}
            isFinal={name === 'hangup' || name === 'transfer'}
            onGive={(text) => {
              give(name, text === undefined ? {} : { text });
            }}
          />
        );
      })}
    </div>
  );
}

interface Side {
  readonly label: string;
  readonly meaning: string;
}

interface SwitchProps {
  readonly isOn: boolean;
  readonly isDisabled: boolean;
  /** The label and the effect of a press while it is off, and while it is on. */
  readonly off: Side;
  readonly on: Side;
  readonly onSwitch: (isOn: boolean) => void;
}

/** A button that switches something on and off. */
function Switch({ isOn, isDisabled, off, on, onSwitch }: SwitchProps) {
  const { label, meaning } = isOn ? on : off;
  return (
    <Button
      className="button"
      isDisabled={isDisabled}
      aria-label={`${label}: ${meaning}`}
      onPress={() => {
        onSwitch(!isOn);
      }}
    >
      {label}
    </Button>
  );
}
