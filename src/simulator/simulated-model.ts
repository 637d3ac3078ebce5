import type { Clock } from '../clock.ts';
import { startRealtimeSimulator } from './realtime/simulator.ts';
import { grammarOf } from './scenario-grammar.ts';
import { readScenario } from './scenario.ts';
import { KeptVoice } from './speech/kept-voice.ts';
import { SpeechPool } from './speech/speech-pool.ts';

/**
 * The model that answers when no key is set: speech in its threads, and a
 * Realtime server on a free port of this machine.
 *
 * @param file - path of its scenario; undefined: the built-in one.
 * @throws {EngineError} `SPEECH_UNAVAILABLE` when the optional speech packages are not installed;
 *   `CONFIG_INVALID` when the file is no scenario.
 */
export async function startSimulatedModel(
  clock: Clock,
  file?: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const scenario = readScenario(file);
  const speech = await SpeechPool.start(grammarOf(scenario));
  const voice = new KeptVoice(speech);
  const simulator = await startRealtimeSimulator({
    speech: {
      say: (...sentence) => voice.say(...sentence),
      listen: (...ear) => speech.listen(...ear),
    },
    ...{ scenario, clock },
  });
  return {
    url: simulator.url,
    close: async () => {
      await simulator.close();
      await speech.close();
    },
  };
}
