import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../../src/config.ts';
import { type CallerFrame, CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import type { CarrierConduct } from '../../src/simulator/carrier/carrier-conduct.ts';
import { type PlacedCall, placeCall } from '../../src/simulator/carrier/place-call.ts';
import { type FakeTwilioRest, startFakeTwilioRest } from './fake-twilio-rest.ts';
import type { CallToPlace } from './twilio-account.ts';

export const OWN_NUMBER = '+12025550100';
export const CALLED_NUMBER = '+12025550111';

/** Says what the other leg of a call hears. */
class BridgedVoice extends CallerVoice {
  isLoud = false;
  readonly #tone = new Uint8Array(160).fill(0x10);

  override nextFrame(): CallerFrame {
    const frame = super.nextFrame();
    return this.isLoud ? { ...frame, audio: this.#tone } : frame;
  }
}

/** What becomes of a call that is placed to the called number: it leads to `PUBLIC_URL`, is a telephone, or rings in vain. */
export type CalledEnd = 'here' | 'telephone' | 'nobody';

/**
 * An account with two numbers, and a carrier that places its calls: each has a leg
 * to where its URL leads, and one to the called number, which hears the first.
 */
export async function probedAccount(conduct: Partial<CarrierConduct>, end: CalledEnd = 'here') {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${String(port)}`;
  const rest = await startFakeTwilioRest(0, { ...conduct, placed: begin });
  const config = readConfig({
    ...{ HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: publicUrl, LOG_LEVEL: 'fatal' },
    ...{ TWILIO_ACCOUNT_SID: rest.accountSid, TWILIO_AUTH_TOKEN: rest.authToken },
    ...{ TWILIO_PHONE_NUMBER: OWN_NUMBER, TWILIO_API_URL: rest.url },
  });
  const legs: PlacedCall[] = [];
  return {
    config,
    rest,
    /** The legs of the calls, each after the one that rang it. */
    legs,
    close: async () => {
      for (const leg of legs) leg.hangUp();
      await Promise.all(legs.map(({ ended }) => ended));
      await rest.close();
    },
  };

  function begin({ sid, to, from, url, statusCallback, fallbackUrl }: CallToPlace): void {
    const common = { url: publicUrl, publicUrl, authToken: rest.authToken, conduct, to, from };
    const heard = new BridgedVoice();
    const isLost = legs.length / (end === 'here' ? 2 : 1) === 2 && conduct.givesUpAfterMs !== undefined;
    const near = placeCall({
      ...common,
      ...{ callSid: sid, direction: 'outbound-api', fallbackUrl, statusUrl: statusCallback },
      voiceUrl: end === 'nobody' ? `${publicUrl}/nothing` : url,
      voice: new CallerVoice(),
      tell: (event) => {
        if (event.type === 'agent.audible') heard.isLoud = true;
        if (event.type === 'agent.quiet') heard.isLoud = false;
        // The third stream is the one that is not read: buffers of this machine would hide that for minutes.
        if (event.type === 'stream.attached' && isLost) {
          queueMicrotask(() => {
            near.blackOut();
          });
        }
      },
    });
    carry(rest, near);
    if (end !== 'here') return;
    const far = placeCall({ ...common, voice: heard });
    carry(rest, far);
    void near.ended.then(() => {
      far.hangUp();
    });
    void far.ended.then(() => {
      near.hangUp();
    });
  }

  function carry(account: FakeTwilioRest, leg: PlacedCall): void {
    legs.push(leg);
    account.carry(leg.callSid, (change) => {
      leg.update(change);
    });
    void leg.ended.then(() => {
      account.callEnded(leg.callSid);
    });
  }
}

/** A port that nobody has, a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
