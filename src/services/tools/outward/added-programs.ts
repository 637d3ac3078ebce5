import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../../protocol/field-problem.ts';
import type { McpServer } from '../../../protocol/profile-tools.ts';
import { canonicalJson } from '../canonical-json.ts';

/**
 * The programs that a changed profile would start and the one before did not. Whoever may write a command owns the
 * machine, and that is more than a token of the API gives: programs come from the file on disk alone.
 */
export function addedPrograms(changed: AgentProfile, before: AgentProfile | undefined): FieldProblem[] {
  const known = new Set(before?.mcpServers.map(programOf));
  return changed.mcpServers.flatMap((server, index) =>
    'command' in server && !known.has(programOf(server))
      ? [
          {
            path: `mcpServers.${String(index)}.command`,
            message: "is started only when it stands in the profile's file; write it there and restart",
          },
        ]
      : [],
  );
}

/** What would be started, and with what; its policies are none of that. */
function programOf(server: McpServer): string {
  if (!('command' in server)) return '';
  const { command, args, env } = server;
  return canonicalJson({ command, args, env });
}
