import { commandLine, runCommandLine } from './command-line.ts';
import { terminal } from './terminal.ts';
import { allowUnread } from './unread-output.ts';

allowUnread([process.stdout, process.stderr]);
// Not process.exit: what is still to be written to stdout would be lost.
process.exitCode = await runCommandLine(commandLine(terminal), process.argv, terminal);
