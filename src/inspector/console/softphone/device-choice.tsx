import { Choice } from '../parts/choice.tsx';
import { type AudioDevice, useAudioDevices } from './audio-devices.ts';
import type { LineChoice } from './softphone.ports.ts';

interface DeviceChoiceProps {
  readonly choice: LineChoice;
  readonly onChange: (choice: LineChoice) => void;
  /** The devices are looked at again when it changes. */
  readonly moment: string;
}

/** Which microphone and which speaker. A browser that does not let pages choose a speaker shows none. */
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
