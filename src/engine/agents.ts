import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { sentenceNotes } from '../protocol/profile-sentences.ts';
import { Agents } from '../services/agents/agents.ts';
import type { CallRegistry } from '../services/calls/call-registry.ts';
import type { OutboxDelivery } from '../services/outbox/outbox.port.ts';
import type { Journal } from '../services/storage/journal.port.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import { loadToolFiles } from '../services/tools/files/tool-files.ts';
import { createHouseTools } from '../services/tools/house/house-tools.ts';
import { createProfileTools } from '../services/tools/outward/profile-tools.ts';
import { ToolSecrets } from '../services/tools/outward/tool-secrets.ts';
import { createToolbox } from '../services/tools/toolbox.ts';
import { shareAgents } from '../services/workers/agent-news.ts';
import type { Siblings } from '../services/workers/siblings.port.ts';

export interface AgentParts {
  readonly config: Config;
  readonly journal: Journal;
  readonly outbox: OutboxDelivery;
  readonly registry: CallRegistry;
  readonly metrics: Metrics;
  /** The other workers; undefined where there are none. */
  readonly siblings: Siblings | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The agents, and the tools that they can have: the engine's, the business's own and those that profiles bring along.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`, `PROFILE_INVALID`.
 */
export async function openAgents(parts: AgentParts) {
  const { config, journal, outbox, registry, metrics, siblings, clock, log } = parts;
  const house = createHouseTools({
    journal,
    texts: outbox,
    requestRecording: (callSid, paused) => {
      registry.tell(callSid, { type: 'recording.requested', paused, by: 'agent' });
    },
  });
  const taken = house.map(({ name }) => name);
  const own = config.toolsDir === undefined ? [] : await loadToolFiles(config.toolsDir, { taken, clock });
  const tools = [...house, ...own];
  const profileTools = createProfileTools({
    allowHosts: config.toolsAllowHosts,
    secrets: new ToolSecrets(config.toolSecrets, config.toolSecretHosts),
    ...{ clock, log },
  });
  const service = { name: 'agents', stop: () => profileTools.close() };
  const names = tools.map(({ name }) => name);
  const agents = await Agents.load(config.agentsDir, names, profileTools).catch(async (thrown: unknown) => {
    await profileTools.close();
    throw thrown;
  });
  for (const profile of agents.list()) {
    for (const { path, message } of sentenceNotes(profile)) {
      log.warn({ agentId: profile.id }, `profile: ${path}: ${message}`);
    }
  }
  const toolbox = createToolbox({
    tools,
    ownToolsOf: (profile) => profileTools.toolsOf(profile),
    callOf: (callSid) => registry.factsOf(callSid),
    ...{ clock, log, journal },
    maskFor: (callSid, json) => registry.maskFor(callSid, json),
    onRefused: (tool, rule) => {
      metrics.toolRefused(tool, rule);
    },
    onWithdrawn: (callSid, kept) => {
      registry.tell(callSid, { type: 'tools.withdrawn', kept });
    },
    onLateOutcome: ({ callSid, request: { toolCallId, name } }, outcome) => {
      registry.tell(callSid, { type: 'tool.cameLate', toolCallId, name, outcome });
    },
  });
  registry.onLeft(({ callSid }) => {
    toolbox.forget(callSid);
  });
  /** A call keeps the profile it began with, and its servers until it ends. */
  const endUnusedServers = () => void profileTools.keepOnly([...agents.current, ...registry.profiles]);
  registry.onLeft(endUnusedServers);
  agents.onChange(endUnusedServers);
  if (siblings !== undefined) shareAgents(siblings, agents, log);
  return { agents, toolbox, service };
}
