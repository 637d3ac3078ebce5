import type { Config } from '../config.ts';
import { noteOf } from '../errors.ts';
import { readAgentFolder } from '../services/agents/agent-folder.ts';
import { openEngineTools } from './engine-tools.ts';
import { bad, type Finding, sound } from './finding.ts';

/**
 * Reads every agent profile as the engine's start does, with the servers of
 * their tools: one finding for each problem, with file, line and column.
 */
export async function checkProfiles(config: Config): Promise<Finding[]> {
  try {
    const problems = await problemsIn(config);
    return problems.length > 0 ? problems.map(bad) : [sound('AGENTS_DIR: every agent profile can be used')];
  } catch (thrown) {
    // The folder as a whole, or a file of TOOLS_DIR. Told over several lines, where there is more than one.
    return [bad(inOneLine(noteOf(thrown, 'PROFILE_INVALID').message))];
  }
}

async function problemsIn(config: Config): Promise<readonly string[]> {
  const engine = await openEngineTools(config);
  try {
    const names = new Set(engine.tools.map(({ name }) => name));
    const { problems } = await readAgentFolder(config.agentsDir, names, engine.profileTools);
    return problems;
  } finally {
    await engine.close();
  }
}

const inOneLine = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
