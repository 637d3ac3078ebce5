import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { ClipFiles } from '../services/clip-files.ts';
import { GreetingClips } from '../services/greeting-clips.ts';
import type { Log } from '../services/log.ts';
import { DIALECTS } from '../services/openai/dialects.ts';
import { knock, type ModelDoor } from '../services/openai/model-door.ts';
import { speakGreeting } from '../services/openai/spoken-greeting.ts';
import { startSimulatedModel } from '../simulator/simulated-model.ts';

export interface OpenModel {
  readonly model: ModelDoor;
  /** Greetings in the model's voice, spoken once and kept. */
  readonly greetings: GreetingClips;
  readonly close: () => Promise<void>;
}

/**
 * The model that was configured, or the simulated one.
 *
 * @param files - where greetings are kept; undefined: for as long as the process lives.
 * @throws {EngineError} `SPEECH_UNAVAILABLE` when the simulator has no voice.
 */
export async function openModel(
  { model: { isSimulated, url, name, apiKey, dialect } }: Config,
  files: ClipFiles | undefined,
  log: Log,
): Promise<OpenModel> {
  const simulated = isSimulated ? await startSimulatedModel(systemClock) : undefined;
  const model: ModelDoor = {
    url: simulated?.url ?? url,
    name,
    // The simulated server wants a key as the real one does, and takes any.
    apiKey: isSimulated ? 'simulated' : apiKey,
    makeDialect: DIALECTS[dialect],
  };
  const greetings = new GreetingClips({
    files,
    speak: (profile, signal) => {
      const own = model.makeDialect();
      const connect = () => knock(model, own);
      return speakGreeting({ connect, dialect: own, profile, clock: systemClock, log, signal });
    },
    // What the simulator says is no recording of the model's.
    model: `${isSimulated ? 'simulator' : model.url} ${model.name}`,
    clock: systemClock,
    log,
  });
  return {
    model,
    greetings,
    close: async () => {
      await greetings.close();
      await simulated?.close();
    },
  };
}
