import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { Tool } from './define-tool.ts';

export interface OfferedToolsParts {
  readonly tools: readonly Tool[];
  /** The tools that a profile brings along itself. None that has a name of `tools`. */
  readonly ownToolsOf?: (profile: AgentProfile) => readonly Tool[];
}

/** Which tools a profile has: those of the engine by their names, and those that it brings along itself. */
export class OfferedTools {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #ownToolsOf: OfferedToolsParts['ownToolsOf'];

  constructor({ tools, ownToolsOf }: OfferedToolsParts) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#ownToolsOf = ownToolsOf;
  }

  /** The names of the engine's tools. */
  get names(): string[] {
    return [...this.#tools.keys()];
  }

  /** The tools that a profile offers, in its order; without the dangerous ones where a call has lost them. */
  of(profile: AgentProfile, isWithdrawn: boolean): Tool[] {
    return profile.tools.flatMap((name) => {
      const tool = this.#toolOf(profile, name);
      if (tool === undefined || tool.isOffered?.(profile) === false) return [];
      return isWithdrawn && isDangerous(tool) ? [] : [tool];
    });
  }

  /** The tool of this name, where the profile offers it; also when the call has lost it. */
  find(profile: AgentProfile, name: string): Tool | undefined {
    if (!profile.tools.includes(name)) return undefined;
    const tool = this.#toolOf(profile, name);
    return tool?.isOffered?.(profile) === false ? undefined : tool;
  }

  #toolOf(profile: AgentProfile, name: string): Tool | undefined {
    return this.#tools.get(name) ?? this.#ownToolsOf?.(profile).find((tool) => tool.name === name);
  }
}

/** Its effect is more than a way out of the conversation, which must be there for everybody. */
export const isDangerous = ({ policy }: Tool): boolean => policy.kind === 'effect' && !policy.isWayOut;
