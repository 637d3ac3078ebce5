import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { voiceForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { readConfig } from '../../src/config.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';

const PATIENCE_MS = 60_000;

/** A Realtime server that lets nobody in. */
async function refusingModel(status: number): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (_, socket) => {
    socket.end(`HTTP/1.1 ${String(status)} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1/realtime`;
}

test(
  'a call whose model refuses it is counted as a fault of the model, by its cause',
  async () => {
    const engine = await startLawfulEngine(
      readConfig({
        ...{ PORT: '0', DATABASE_URL: 'file::memory:', LOG_LEVEL: 'fatal', DRAIN_MS: '0' },
        OPENAI_REALTIME_URL: await refusingModel(401),
      }),
    );
    onTestFinished(() => engine.close());
    const parties = { from: '+12025550123', to: '+12025550100', accountSid: `AC${'1'.repeat(32)}` };
    await fetch(`${engine.url}/twilio/voice`, {
      method: 'POST',
      body: new URLSearchParams(voiceForm({ callSid: `CA${'1'.repeat(32)}`, ...parties }, 'ringing')),
    });
    await vi.waitFor(
      async () => {
        expect(await (await fetch(`${engine.url}/metrics`)).text()).toContain(
          'callchart_faults_total{component="model",cause="MODEL_REFUSED"} 1',
        );
      },
      { timeout: 15_000 },
    );
  },
  PATIENCE_MS,
);
