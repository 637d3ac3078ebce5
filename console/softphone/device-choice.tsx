import { Choice } from '../parts/choice.tsx';
import { type AudioDevice, useAudioDevices } from './audio-devices.ts';
import type { LineChoice } from './softphone.ports.ts';

interface DeviceChoiceProps {
  readonly choice: LineChoice;
  readonly onChange: (choice: LineChoice) => void;
  /** When it changes, the devices are listed again. */
  readonly moment: string;
}

/** Lets the viewer choose a microphone and a speaker; no speaker in browsers that do not let a page choose it. */
export function DeviceChoice({ choice, onChange, moment }: DeviceChoiceProps) {
  const { microphones, speakers } = useAudioDevices(moment);
  return (
    <div className="devices">
      <Choice
        label="Microphone"
        items={[
          { id: 'default', label: 'The usual one' },
          ...named(microphones, 'Microphone'),
          { id: 'none', label: 'None: I type' },
        ]}
        value={choice.microphone}
        onChange={(microphone) => {
          onChange({ ...choice, microphone });
        }}
      />
      {speakers.length > 0 && (
        <Choice
          label="Speaker"
          items={[{ id: 'default', label: 'The usual one' }, ...named(speakers, 'Speaker')]}
          value={choice.speaker}
          onChange={(speaker) => {
            onChange({ ...choice, speaker });
          }}
        />
      )}
    </div>
  );
}

const named = (devices: readonly AudioDevice[], kind: string) =>
  devices.map(({ id, label }, index) => ({
    id,
    label: label === '' ? `${kind} ${String(index + 1)}` : label,
  }));
