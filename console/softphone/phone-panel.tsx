import { type ReactNode, useState } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { Link } from 'wouter';
import { useEngineGone } from '../api/feed.ts';
import { clockText } from '../parts/figures.ts';
import { DeviceChoice } from './device-choice.tsx';
import { Keypad } from './keypad.tsx';
import { LevelMeter } from './level-meter.tsx';
import { SayBox } from './say-box.tsx';
import type { Softphone } from './softphone.ts';
import type { Dialled, LineChoice } from './softphone.ports.ts';
import type { CallEnd, SoftphoneState } from './softphone-state.ts';
import { Stopwatch } from './stopwatch.tsx';
import { TroubleNote } from './trouble-note.tsx';
import './phone-panel.css';

const STEPS = {
  devices: 'Waiting for the microphone and the speaker. The browser may be asking you.',
  call: 'Opening a call…',
  stream: 'Connecting the line…',
} as const;

const ENDS: Readonly<Record<CallEnd, string>> = {
  you: 'You hung up',
  engine: 'The call was ended by the other side',
  network: 'The connection was lost',
};

interface PhonePanelProps {
  readonly phone: Softphone;
  readonly state: SoftphoneState;
  readonly dialled: Dialled;
  /** The name of the agent that is called. */
  readonly name: string;
  /** The language that the agent speaks, unless the caller changes it; BCP 47. */
  readonly language: string;
}

/** Shows the phone, with the controls that its phase allows. */
export function PhonePanel({ phone, state, dialled, name, language }: PhonePanelProps) {
  const [choice, setChoice] = useState<LineChoice>({ microphone: 'default', speaker: 'default' });
  const call = (devices: LineChoice) => {
    setChoice(devices);
    void phone.call(dialled, devices);
  };
  const changeDevices = (devices: LineChoice) => {
    setChoice(devices);
    void phone.change(devices);
  };
  const devices = <DeviceChoice choice={choice} onChange={changeDevices} moment={state.phase} />;
  return (
    <div className="phone-panel">
      {state.phase === 'idle' && <Idle {...{ state, name, choice, devices }} onCall={call} />}
      {state.phase === 'dialling' && <Dialling {...{ phone, state }} />}
      {state.phase === 'talking' && <Talking {...{ phone, state, language, devices }} />}
      {state.phase === 'ended' && <Ended {...{ state, name, choice, devices }} onCall={call} />}
    </div>
  );
}

/** The state in one phase. */
type Phase<Name extends SoftphoneState['phase']> = Readonly<{
  state: Extract<SoftphoneState, { phase: Name }>;
}>;

interface CallingProps {
  readonly name: string;
  readonly choice: LineChoice;
  readonly devices: ReactNode;
  readonly onCall: (devices: LineChoice) => void;
}

function Idle({ state, name, choice, devices, onCall }: Phase<'idle'> & CallingProps) {
  return (
    <>
      {devices}
      {state.trouble !== undefined && (
        <TroubleNote trouble={state.trouble}>
          {state.trouble.isOfMicrophone && (
            <Button
              className="button"
              onPress={() => {
                onCall({ ...choice, microphone: 'none' });
              }}
            >
              Call without a microphone
            </Button>
          )}
        </TroubleNote>
      )}
      <CallButton
        name={name}
        again={false}
        onPress={() => {
          onCall(choice);
        }}
      />
    </>
  );
}

function Dialling({ phone, state }: Phase<'dialling'> & { readonly phone: Softphone }) {
  return (
    <>
      <p className="phone-state" role="status">
        {STEPS[state.step]}
      </p>
      <HangUpButton phone={phone} />
    </>
  );
}

interface TalkingProps {
  readonly phone: Softphone;
  readonly language: string;
  readonly devices: ReactNode;
}

function Talking({ phone, state, language, devices }: Phase<'talking'> & TalkingProps) {
  return (
    <>
      <div className="phone-head">
        <p className="phone-state" role="status">
          On the line
        </p>
        <Stopwatch key={state.callSid} startedAt={state.startedAt} />
      </div>
      <div className="phone-meters">
        <LevelMeter phone={phone} who="caller" label="You" />
        <LevelMeter phone={phone} who="agent" label="Agent" />
      </div>
      <div className="phone-actions">
        <ToggleButton
          className="button"
          isSelected={state.isMuted}
          onChange={(isMuted) => {
            phone.mute(isMuted);
          }}
        >
          {state.isMuted ? 'Muted' : 'Mute me'}
        </ToggleButton>
        <HangUpButton phone={phone} />
      </div>
      {state.trouble !== undefined && <TroubleNote trouble={state.trouble} />}
      <SayBox phone={phone} toSay={state.toSay} language={language} />
      <Keypad phone={phone} keys={state.keys} />
      {devices}
    </>
  );
}

function Ended({ state, name, choice, devices, onCall }: Phase<'ended'> & CallingProps) {
  return (
    <>
      <div className="phone-ended" role="status">
        <p className="phone-state">{ENDS[state.by]}</p>
        <p className="quiet">
          After <span className="mono">{clockText(state.lastedMs)}</span>.{' '}
          <Link href={`/calls/${encodeURIComponent(state.callSid)}`}>Look at the whole call</Link>
        </p>
      </div>
      {devices}
      <CallButton
        name={name}
        again
        onPress={() => {
          onCall(choice);
        }}
      />
    </>
  );
}

interface CallButtonProps {
  readonly name: string;
  readonly again: boolean;
  readonly onPress: () => void;
}

function CallButton({ name, again, onPress }: CallButtonProps) {
  const isGone = useEngineGone();
  return (
    <Button className="button phone-call" data-kind="primary" isDisabled={isGone} onPress={onPress}>
      {again ? `Call ${name} again` : `Call ${name}`}
    </Button>
  );
}

function HangUpButton({ phone }: { readonly phone: Softphone }) {
  return (
    <Button
      className="button phone-hang-up"
      data-kind="danger"
      onPress={() => {
        phone.hangUp();
      }}
    >
      Hang up
    </Button>
  );
}
