/**
 * Records the golden calls of the version that `package.json` names:
 * `npm run golden:record`. What is recorded stays: a folder that is there is
 * never written again.
 */

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { CALL_SCRIPTS } from '../test/support/golden/call-scripts.ts';
import type { CallScript } from '../test/support/golden/script-steps.ts';
import { GoldenCall, type RecordedCall } from '../test/support/golden/golden-call.ts';
import { isRecorded, writeFolder } from '../test/support/golden/golden-files.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
if (isRecorded(version)) {
  throw new Error(`the calls of ${version} are recorded already, and stay as they are`);
}

const live = ({ settings, happens }: CallScript) => happens(new GoldenCall(settings));

const calls = new Map<string, RecordedCall>();
for (const [name, script] of Object.entries(CALL_SCRIPTS)) {
  const call = await live(script);
  if (!isDeepStrictEqual(call, await live(script))) throw new Error(`${name} is not the same twice`);
  calls.set(name, call);
}
writeFolder(version, calls);
process.stdout.write(`${String(calls.size)} calls of ${version} are recorded\n`);
