import { onTestFinished, vi } from 'vitest';
import { commandLine, runCommandLine } from '../../src/cli/command-line.ts';

export interface TypedCommand {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

/** Types a command of `callchart` where these settings are the environment's, until the end of the test. */
export async function commandTyped(
  settings: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<TypedCommand> {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const printed: string[] = [];
  const complained: string[] = [];
  const terminal = {
    hasColours: false,
    print: (line: string) => void printed.push(line),
    complain: (line: string) => void complained.push(line),
  };
  const code = await runCommandLine(commandLine(terminal), ['node', 'callchart', ...words], terminal);
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
}
