import { agentProfileSchema } from '../protocol/agent-profile-schema.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** `callchart doctor --json-schema`: what editors complete and check an agent profile by. Needs no settings. */
export function printProfileSchema(terminal: Terminal): number {
  terminal.print(JSON.stringify(agentProfileSchema(), null, 2));
  return EXIT.ok;
}
