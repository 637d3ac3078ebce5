import { z } from 'zod';
import { AgentProfile } from './agent-profile.ts';

/**
 * A profile as it is written, in JSON Schema: what editors complete and check
 * a file by. All that it refuses the engine refuses; the engine knows more, as
 * which time zones and tools there are.
 *
 * Draft 7, which every editor reads.
 */
export function agentProfileSchema(): Readonly<Record<string, unknown>> {
  const { $schema, properties, ...rest } = z.toJSONSchema(AgentProfile, { io: 'input', target: 'draft-7' });
  return {
    $schema,
    title: 'Agent profile of Callchart',
    ...rest,
    properties: { $schema: { description: 'where this schema is, for editors' }, ...properties },
  };
}
