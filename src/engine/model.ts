import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Agents } from '../services/agents/agents.ts';
import type { ClipFiles } from '../services/clips/clip-files.ts';
import { CLIP_TEXTS } from '../services/clips/clips.ts';
import { SentenceClips } from '../services/clips/sentence-clips.ts';
import type { Log } from '../log.ts';
import { DIALECTS } from '../services/openai/dialects/dialects.ts';
import { connectModel, type ModelEndpoint } from '../services/openai/session/model-endpoint.ts';
import { speakSentence } from '../services/openai/greeting/spoken-sentence.ts';
import { startSimulatedModel } from '../simulator/simulated-model.ts';
import type { Service } from './service.ts';

export interface OpenModel {
  readonly model: ModelEndpoint;
  /** The engine's sentences in the model's voice, spoken once and kept. */
  readonly sentences: SentenceClips;
  readonly service: Service;
}

interface Sentences {
  /** Where clips are kept; undefined: for as long as the process lives. */
  readonly files: ClipFiles | undefined;
  /** Whose sentences are rendered: at start, and again when a profile was saved. */
  readonly agents: Pick<Agents, 'list' | 'onChange'>;
}

/**
 * The model that was configured, or the simulated one.
 *
 * @throws {EngineError} `SPEECH_UNAVAILABLE` when the simulator has no voice; `CONFIG_INVALID` when its scenario is none.
 */
export async function openModel(
  { model: { isSimulated, scenario, url, name, apiKey, dialect } }: Config,
  { files, agents }: Sentences,
  log: Log,
): Promise<OpenModel> {
  const simulated = isSimulated ? await startSimulatedModel(systemClock, scenario) : undefined;
  const model: ModelEndpoint = {
    url: simulated?.url ?? url,
    name,
    // The simulated server wants a key as the real one does, and takes any.
    apiKey: isSimulated ? 'simulated' : apiKey,
    takesTyped: isSimulated,
    makeDialect: DIALECTS[dialect],
  };
  const sentences = new SentenceClips({
    files,
    speak: (profile, text, signal) => {
      const own = model.makeDialect();
      const connect = () => connectModel(model, own);
      return speakSentence({ connect, dialect: own, profile, text, clock: systemClock, log, signal });
    },
    shipped: new Set(Object.values(CLIP_TEXTS)),
    // What the simulator says is no recording of the model's.
    model: `${isSimulated ? 'simulator' : model.url} ${model.name}`,
    clock: systemClock,
    log,
  });
  const prepare = () => {
    sentences.prepare(agents.list());
  };
  agents.onChange(prepare);
  const service: Service = {
    name: 'model',
    start: prepare,
    stop: async () => {
      await sentences.close();
      await simulated?.close();
    },
  };
  return { model, sentences, service };
}
