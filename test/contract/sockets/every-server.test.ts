import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { openStately } from '../../../src/services/stately/stately-outlet.ts';
import { startRealtimeSimulator } from '../../../src/simulator/realtime/simulator.ts';
import { readScenario } from '../../../src/simulator/scenario.ts';
import { ToneSpeech } from '../../support/tone-speech.ts';

async function simulatedModel(): Promise<URL> {
  const parts = { speech: new ToneSpeech(), scenario: readScenario(), clock: systemClock };
  const simulator = await startRealtimeSimulator(parts);
  onTestFinished(() => simulator.close());
  return new URL(simulator.url);
}

/** The servers of the project beside the engine, which test/simulation/strangers.test.ts attacks. */
const SERVERS: readonly [
  name: string,
  open: () => Promise<URL>,
  paths: readonly string[],
  headers: string,
][] = [
  [
    'the simulated model',
    simulatedModel,
    ['/v1/realtime?model=gpt-realtime-2.1', '/v1/realtime', '/nobody'],
    'Authorization: Bearer x\r\n',
  ],
  [
    'the simulated model that is asked for the beta',
    simulatedModel,
    ['/v1/realtime?model=gpt-realtime-2.1'],
    'Authorization: Bearer x\r\nOpenAI-Beta: realtime=v1\r\n',
  ],
  [
    'the page with the inspector of Stately',
    async () => {
      const stately = await openStately();
      onTestFinished(() => {
        stately.close();
      });
      return new URL(stately.url);
    },
    ['/', '/nobody'],
    '',
  ],
];

/** A frame of a reserved opcode, which `ws` answers with an error. */
const RESERVED = Buffer.from([0x83, 0x80, 0, 0, 0, 0]);

describe.each(SERVERS)('%s', (_name, open, paths, headers) => {
  test(
    'a server lives on when clients reset their upgrades, or send invalid frames',
    { timeout: 30_000 },
    async () => {
      const { port, host } = await open();
      const origin = `Host: ${host}\r\nOrigin: http://${host}\r\n`;
      for (const path of paths) {
        const upgrade = `GET ${path} HTTP/1.1\r\n${origin}${headers}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
        for (const afterMs of [0, 1, 5, 50]) {
          for (const more of [Buffer.alloc(0), RESERVED]) {
            const socket = connect(Number(port), '127.0.0.1');
            socket.on('error', () => undefined);
            await once(socket, 'connect');
            socket.write(Buffer.concat([Buffer.from(upgrade), more]));
            if (afterMs > 0) await wait(afterMs); // The moment of the reset is what is tried here.
            socket.resetAndDestroy();
          }
        }
      }
      // Whatever nobody had listened to would have ended the process, and this test with it.
      const answer = await fetch(`http://${host}/nobody`);
      expect(answer.status).toBe(404);
    },
  );
});
