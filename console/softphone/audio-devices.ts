import { useEffect, useState } from 'react';
import { canChooseSpeaker } from './audio-line.ts';

export interface AudioDevice {
  readonly id: string;
  /** The name of the device; empty until the page may use the microphone: browsers hide it before. */
  readonly label: string;
}

export interface AudioDevices {
  readonly microphones: readonly AudioDevice[];
  /** Empty in browsers that do not let a page choose the speaker. */
  readonly speakers: readonly AudioDevice[];
}

const NONE: AudioDevices = { microphones: [], speakers: [] };

/**
 * Lists the microphones and speakers, and follows those that are plugged in and out.
 *
 * @param moment - when it changes, they are listed again: names come with the permission.
 */
export function useAudioDevices(moment: string): AudioDevices {
  const [devices, setDevices] = useState(NONE);
  useEffect(() => {
    if (!window.isSecureContext) return undefined;
    const { mediaDevices } = navigator;
    let isCurrent = true;
    const look = () => {
      mediaDevices.enumerateDevices().then(
        (found) => {
          if (isCurrent) setDevices(sorted(found));
        },
        () => undefined, // Then there is only the default.
      );
    };
    look();
    mediaDevices.addEventListener('devicechange', look);
    return () => {
      isCurrent = false;
      mediaDevices.removeEventListener('devicechange', look);
    };
  }, [moment]);
  return devices;
}

function sorted(found: readonly MediaDeviceInfo[]): AudioDevices {
  const of = (kind: MediaDeviceKind) =>
    found
      .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'default')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { microphones: of('audioinput'), speakers: canChooseSpeaker() ? of('audiooutput') : [] };
}
