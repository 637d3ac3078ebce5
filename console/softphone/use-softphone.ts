import { useEffect, useState, useSyncExternalStore } from 'react';
import { protocolsWith } from '../../src/protocol/socket-token.ts';
import { ask, askBytes } from '../api/request.ts';
import { now } from '../clock.ts';
import { LineError, openAudioLine } from './audio-line.ts';
import { Softphone } from './softphone.ts';
import type { SoftphoneCall } from '../../src/protocol/console-softphone.ts';
import type { Dialled, Socket, SocketEars } from './softphone.ports.ts';
import type { SoftphoneState } from './softphone-state.ts';
import { callTrouble, type Trouble } from './trouble.ts';

/** Makes the phone of the page. Leaving the page hangs up. */
export function useSoftphone(): { phone: Softphone; state: SoftphoneState } {
  const [phone] = useState(createSoftphone);
  const state = useSyncExternalStore(phone.subscribe, () => phone.state);
  useEffect(() => {
    const hangUp = () => {
      phone.hangUp();
    };
    window.addEventListener('pagehide', hangUp);
    return () => {
      window.removeEventListener('pagehide', hangUp);
      hangUp();
    };
  }, [phone]);
  return { phone, state };
}

function createSoftphone(): Softphone {
  return new Softphone({
    openLine: openAudioLine,
    openCall: (dialled: Dialled) => ask<SoftphoneCall>('/api/softphone', { method: 'POST', body: dialled }),
    connect,
    speak: async (text) =>
      new Uint8Array(await askBytes('/api/softphone/say', { method: 'POST', body: { text } })),
    troubleOf,
    newStreamSid: () => `MZ${crypto.randomUUID().replaceAll('-', '')}`,
    now,
  });
}

function connect(
  { streamUrl, token }: Pick<SoftphoneCall, 'streamUrl' | 'token'>,
  { onOpen, onText, onClose }: SocketEars,
): Socket {
  const url = new URL(streamUrl, location.href.replace(/^http/, 'ws'));
  const socket = new WebSocket(url, protocolsWith(token));
  socket.addEventListener('open', onOpen);
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') onText(data);
  });
  socket.addEventListener('close', ({ code }) => {
    onClose(code);
  });
  return socket;
}

function troubleOf(thrown: unknown): Trouble {
  if (thrown instanceof LineError) return thrown.trouble;
  return callTrouble(thrown instanceof Error ? thrown.message : 'Something unexpected happened.');
}
