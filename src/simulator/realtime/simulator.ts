import type { Clock } from '../../clock.ts';
import type { Scenario } from '../scenario.ts';
import type { Speech } from '../speech/speech.ts';
import type { RealtimeFaults } from './faults.ts';
import { type RealtimeServer, startRealtimeServer } from './server.ts';
import { RealtimeSession } from './session.ts';
import { understandingAnswers } from './understanding-answers.ts';

export interface RealtimeSimulatorOptions {
  readonly speech: Speech;
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly faults?: RealtimeFaults;
}

/**
 * The server that stands in for the service: it speaks with a synthetic voice, hears with a real detector and
 * recogniser, and follows a scenario. On a free port of loopback.
 */
export function startRealtimeSimulator({
  speech,
  scenario,
  clock,
  faults = {},
}: RealtimeSimulatorOptions): Promise<RealtimeServer> {
  return startRealtimeServer({
    clock,
    faults,
    hold: (model, socket) =>
      new RealtimeSession({
        model,
        socket,
        clock,
        faults,
        listen: (hearing, listener) => speech.listen(hearing, listener),
        answers: understandingAnswers({ scenario, speech, clock }),
      }),
  });
}
