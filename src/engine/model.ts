import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Agents } from '../services/agents/agents.ts';
import type { ClipFiles } from '../services/clips/clip-files.ts';
import { CLIP_TEXTS } from '../services/clips/clips.ts';
import { SentenceClips } from '../services/clips/sentence-clips.ts';
import type { Log } from '../log.ts';
import type { Dialect } from '../services/openai/dialects/dialect.ts';
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

interface ModelParts {
  readonly config: Config;
  /** Where clips are kept; undefined: for as long as the process lives. */
  readonly files: ClipFiles | undefined;
  /** Where the simulated one is that other workers have, too. Absent: it is started here, where it is wanted. */
  readonly simulatedUrl?: string | undefined;
  /** Whose sentences are rendered: at start, and again when a profile was saved. */
  readonly agents: Pick<Agents, 'list' | 'onChange'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The model that was configured, or the simulated one.
 *
 * @throws {EngineError} `SPEECH_UNAVAILABLE` when the simulator has no voice; `CONFIG_INVALID` when its scenario is none.
 */
export async function openModel(parts: ModelParts): Promise<OpenModel> {
  const { config, files, simulatedUrl, agents, clock, log } = parts;
  const { isSimulated, scenario, url, name, apiKey, dialect } = config.model;
  const isHere = isSimulated && simulatedUrl === undefined;
  const simulated = isHere ? await startSimulatedModel(clock, scenario) : undefined;
  const model: ModelEndpoint = {
    url: simulatedUrl ?? simulated?.url ?? url,
    name,
    // The simulated server wants a key as the real one does, and takes any.
    apiKey: isSimulated ? 'simulated' : apiKey,
    takesTyped: isSimulated,
    makeDialect: DIALECTS[dialect],
  };
  const sentences = new SentenceClips({
    files,
    speak: (profile, text, signal) => {
      const { makeDialect } = model;
      const connect = (own: Dialect) => connectModel(model, own);
      return speakSentence({ connect, makeDialect, profile, text, clock, log, signal });
    },
    shipped: new Set(Object.values(CLIP_TEXTS)),
    // What the simulator says is no recording of the model's.
    model: `${isSimulated ? 'simulator' : model.url} ${model.name}`,
    clock,
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
