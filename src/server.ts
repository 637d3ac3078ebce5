import { systemClock } from './clock.ts';
import { type Config, publicUrlOf, secretsOf } from './config.ts';
import { openAccess } from './engine/access.ts';
import { openModel } from './engine/model.ts';
import { openPort } from './engine/port.ts';
import { letHeapGrow } from './heap.ts';
import { sentenceNotes } from './protocol/profile-sentences.ts';
import { AgentDrafts } from './services/agents/agent-drafts.ts';
import { openAdmission } from './services/admission/open-admission.ts';
import { Agents } from './services/agents/agents.ts';
import { AuditTrail } from './services/audit/audit-trail.ts';
import { RunningCalls } from './services/calls/running-calls.ts';
import { CallPlacer } from './services/calls/call-placer.ts';
import { sendersOf, ownNumberOf, restOf } from './services/twilio/rest/carrier-account.ts';
import { loadCharts } from './charts/drawn-charts.ts';
import { loadClips } from './services/clips/clips.ts';
import { Erasures } from './services/erasing/erasures.ts';
import { createHttp } from './services/http/app.ts';
import { CONSOLE_FOLDER, readConsole } from './services/http/console-files.ts';
import { consolePage } from './services/http/console-page.ts';
import { openKeptFiles } from './services/data-folder/kept-files.ts';
import { LiveCalls } from './services/live/live-calls.ts';
import { LiveFeed } from './services/live/live-feed.ts';
import { lastActs } from './engine/last-acts.ts';
import { instructionsOf } from './services/openai/session/prompt.ts';
import { Outbox } from './services/outbox/outbox.ts';
import { openStately } from './services/stately/stately-outlet.ts';
import { ownDatabase } from './services/storage/sqlite/database-owner.ts';
import { openJournal } from './services/storage/client/sqlite-journal.ts';
import { Retention } from './services/erasing/retention.ts';
import { endStaleCalls } from './services/calls/stale-calls.ts';
import { LiveDesk } from './services/calls/live-desk.ts';
import { createLogger } from './services/telemetry/logger.ts';
import { LogSampler } from './services/telemetry/log-sampler.ts';
import { Metrics } from './services/telemetry/metrics.ts';
import { createHouseTools } from './services/tools/house/house-tools.ts';
import { createProfileTools } from './services/tools/outward/profile-tools.ts';
import { loadToolFiles } from './services/tools/files/tool-files.ts';
import { ToolSecrets } from './services/tools/outward/tool-secrets.ts';
import { createToolbox } from './services/tools/toolbox.ts';
import { StreamTokens } from './services/phone/stream-token.ts';
import { LoneVoice } from './simulator/speech/lone-voice.ts';

/** A running engine. */
export interface RunningEngine {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no new call, lets those in progress end within `DRAIN_MS`, and lets go of everything. */
  close(): Promise<void>;
  /**
   * For a process in which something was thrown that nobody catches: saves what was recorded, closes the streams and
   * says why in one line, within 300 ms. False: a thread hangs, and the process has to be killed.
   */
  giveUp(thrown: unknown): Promise<boolean>;
}

/**
 * Puts the house together: opens what is to be opened, in the order in which
 * one needs the other, and closes it in reverse.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`, `PROFILE_INVALID`, `STORAGE_UNAVAILABLE` or `SPEECH_UNAVAILABLE`, before it answers;
 *   `DATABASE_IN_USE`, or `CONFIG_INVALID` where it cannot listen, before anything that is kept is touched.
 */
export async function startEngine(config: Config): Promise<RunningEngine> {
  letHeapGrow();
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    return await assemble(config, opened, closeAll);
  } catch (thrown) {
    // What half an engine holds open would keep the process from ending.
    await closeAll();
    throw thrown;
  }
}

async function assemble(
  config: Config,
  opened: (() => Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<RunningEngine> {
  const clock = systemClock;
  const isTerminal = process.stdout.isTTY;
  const { stdout } = process;
  const allLines = createLogger({
    level: config.logLevel,
    isTerminal,
    secrets: secretsOf(config),
    out: stdout,
  });
  const log = new LogSampler(allLines, clock);
  opened.push(() => {
    log.flush();
    return Promise.resolve();
  });

  for (const warning of config.warnings) log.warn({ setting: warning.split(':')[0] }, warning);

  // What two engines could both have is taken first. Nothing that is kept is touched before.
  const port = await openPort(config, clock);
  opened.push(() => port.close());
  const { databaseFile, dataDir } = config;
  opened.push(await ownDatabase(databaseFile, { url: port.url, processId: process.pid }));
  const kept = await openKeptFiles({ folder: dataDir, databaseFile, log });
  const journal = await openJournal({ file: databaseFile, clock, log });
  opened.push(() => journal.close());
  await endStaleCalls(journal);
  // It begins once the public URL is known, at which the carrier reports.
  const outbox = new Outbox({ journal, clock, log, chance: Math.random });
  opened.push(() => outbox.close());
  const house = createHouseTools({
    journal,
    texts: outbox,
    requestRecording: (callSid, paused) => {
      host.tell(callSid, { type: 'recording.requested', paused, by: 'agent' });
    },
  });
  const houseNames = house.map(({ name }) => name);
  const own =
    config.toolsDir === undefined ? [] : await loadToolFiles(config.toolsDir, { taken: houseNames, clock });
  const profileTools = createProfileTools({
    allowHosts: config.toolsAllowHosts,
    secrets: new ToolSecrets(config.toolSecrets, config.toolSecretHosts),
    clock,
    log,
  });
  opened.push(() => profileTools.close());
  const tools = [...house, ...own];
  const agents = await Agents.load(
    config.agentsDir,
    tools.map(({ name }) => name),
    profileTools,
  );
  const trail = new AuditTrail({ journal, clock, log, key: await kept.key('audit-key') });
  await trail.foundProfiles(agents.versionsInForce());
  const { model, sentences, close: closeModel } = await openModel(config, kept.clips, log);
  opened.push(closeModel);
  sentences.prepare(agents.list());
  for (const profile of agents.list()) {
    for (const { path, message } of sentenceNotes(profile)) {
      log.warn({ agentId: profile.id }, `profile: ${path}: ${message}`);
    }
  }

  const stately = config.inspect === 'stately' ? await openStately() : undefined;
  if (stately !== undefined) {
    opened.push(() => {
      stately.close();
      return Promise.resolve();
    });
    log.info({ url: stately.url }, "Stately's inspector shows calls, on this machine only");
  }
  const { authToken } = config.twilio;
  const tokens = new StreamTokens(authToken ?? (await kept.key('stream-key')), clock);

  // From here to the end nothing waits: whoever knocks finds the whole house. And nobody knocks at a house that closes.
  opened.push(() => port.close());
  const publicUrl = publicUrlOf(config, port.port);

  const rest = restOf(config.twilio);
  outbox.start(sendersOf(rest, publicUrl));

  const toolbox = createToolbox({
    tools,
    ownToolsOf: (profile) => profileTools.toolsOf(profile),
    callOf: (callSid) => desk.factsOf(callSid),
    clock,
    log,
    journal,
    maskFor: (callSid, json) => host.maskFor(callSid, json),
    onRefused: (tool, rule) => {
      metrics.toolRefused(tool, rule);
    },
    onWithdrawn: (callSid, kept) => {
      host.tell(callSid, { type: 'tools.withdrawn', kept });
    },
    onLateOutcome: ({ callSid, request: { toolCallId, name } }, outcome) => {
      host.tell(callSid, { type: 'tool.cameLate', toolCallId, name, outcome });
    },
  });

  const metrics: Metrics = new Metrics(() => desk.size);
  const { admission, meter } = openAdmission({
    ...{ settings: config.admission, lines: config.maxConcurrentCalls, journal, clock, log, metrics },
    onOverdrawn: () => {
      desk.dismissAll();
    },
  });
  opened.push(() => meter.close());
  const liveCalls = new LiveCalls();
  const liveFeed = new LiveFeed({ calls: liveCalls, journal, clock, log });
  const { recordings } = kept;
  if (recordings !== undefined) {
    opened.push(() => recordings.closeAll());
    opened.push(recordings.keepSwept(clock, log));
  }
  const erasures = new Erasures({ journal, forgetCall: async (sid) => recordings?.deleteRecording(sid) });
  const retention = new Retention({ days: config.retentionDays, journal, erasures, clock, log });
  opened.push(() => retention.close());
  retention.start();
  const host: RunningCalls = new RunningCalls({
    model,
    toolbox,
    journal,
    clips: loadClips(),
    clipsOf: (profile) => sentences.clipsOf(profile),
    endCall: rest && ((callSid) => rest.completeCall(callSid)),
    meter,
    log,
    metrics,
    live: liveCalls,
    recordings,
    inspect: stately && ((callSid) => stately.attach(callSid)),
  });

  const desk = new LiveDesk({
    agents,
    journal,
    clock,
    log,
    admission,
    ownNumber: ownNumberOf(config.twilio),
    mintToken: (stream) => tokens.mint(stream),
    host: (facts, ownClock) => host.host(facts, ownClock),
    onEnded: ({ callSid }) => {
      host.forget(callSid);
      toolbox.forget(callSid);
      liveFeed.ended(callSid);
      letServersGo();
    },
  });
  /** A call keeps the profile it began with, and its servers until it ends. */
  const letServersGo = () => void profileTools.keepOnly([...agents.current, ...desk.profiles]);

  const { guard, door } = openAccess({
    ...{ config, publicUrl, port, tokens, journal, liveFeed, metrics, log, clock },
    attach: (callSid, stream) => host.attach(callSid, stream),
    dateOf: (sid) => (desk.isLive(sid) ? desk.factsOf(sid)?.now() : undefined),
  });
  const voice = new LoneVoice();
  opened.push(() => voice.close());
  const http = createHttp({
    publicUrl,
    guard,
    desk,
    outbound: new CallPlacer({
      journal,
      outbox,
      agentOf: (id) => agents.find(id),
      admission,
      ownNumber: ownNumberOf(config.twilio),
      clock,
    }),
    journal,
    erasures,
    audit: { trail, addressOf: port.addressOf },
    recordings,
    agents: {
      list: () => agents.list(),
      stored: (id) => agents.stored(id),
      versions: (id) => agents.versions(id),
      check: (id, written) => agents.check(id, written),
      put: async (id, written) => {
        const saved = await agents.put(id, written).finally(letServersGo);
        sentences.prepare(agents.list());
        return saved;
      },
    },
    charts: loadCharts(),
    drafts: new AgentDrafts(clock),
    instructionsFor: (profile) => instructionsOf(profile, toolbox.specsFor(profile)),
    speak: (text) => voice.say(text),
    placedPerMinute: config.admission.placed.perMinute,
    metrics: () => metrics.exposition(),
    countFault: (cause) => {
      metrics.fault('http', cause);
    },
    console: consolePage(readConsole(CONSOLE_FOLDER)),
    log,
    clock,
  });
  port.serve(http);
  return {
    url: port.url,
    close: async () => {
      await desk.drain(config.drainMs);
      door.close();
      await closeAll();
    },
    giveUp: (thrown) =>
      lastActs({ journal, streams: door, stopListening: () => port.server.close(), log: allLines }, thrown),
  };
}
