import { systemClock } from '../../src/clock.ts';
import { inOneDelta, saying } from '../../src/simulator/realtime/scripted-answers.ts';
import { scriptedEar } from '../../src/simulator/realtime/scripted-ear.ts';
import { startRealtimeServer } from '../../src/simulator/realtime/server.ts';
import { RealtimeSession } from '../../src/simulator/realtime/session.ts';
import { HALF_A_SECOND } from './speech-offsets.ts';

/** The caller speaks for so long, in ms, and the agent. */
const [CALLER_MS, AGENT_MS] = [800, 1200];
/** The caller answers so long after the agent has finished, in ms. */
const PAUSE_MS = 700;
/** Between two turns; not quite the same in each session, so that they are not all silent in one moment. */
const TURN_MS = CALLER_MS + AGENT_MS + PAUSE_MS;
const SPREAD_MS = 37;

/** A model for many calls: hears nothing, has every caller say something again and again, and answers each time. */
export async function chattingModel() {
  let sessions = 0;
  const server = await startRealtimeServer({
    clock: systemClock,
    hold: (model, socket) => {
      const session = new RealtimeSession({
        ...{ model, socket, clock: systemClock, faults: {} },
        listen: scriptedEar(),
        answers: () => saying(inOneDelta('Yes, of course.', Buffer.alloc(8 * AGENT_MS, 0x55), AGENT_MS)),
      });
      const everyMs = TURN_MS + SPREAD_MS * (sessions++ % 10);
      let stops: NodeJS.Timeout | undefined;
      const turns = setInterval(() => {
        session.caller.starts(HALF_A_SECOND.audio_start_ms);
        stops = setTimeout(() => {
          session.caller.stops(HALF_A_SECOND.audio_end_ms);
          session.caller.ends('Is that so?');
        }, CALLER_MS);
      }, everyMs);
      return {
        open: () => {
          session.open();
        },
        take: (text: string) => {
          session.take(text);
        },
        close: () => {
          clearInterval(turns);
          clearTimeout(stops);
          session.close();
        },
      };
    },
  });
  return {
    url: server.url,
    close: async () => {
      server.drop();
      await server.close();
    },
  };
}
