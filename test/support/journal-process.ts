/** Has a journal's thread, and shares it with the process that started this one. Argument: the file. */
import { systemClock } from '../../src/clock.ts';
import { shareThread } from '../../src/services/storage/client/journal-pipe.ts';
import { SharedThread } from '../../src/services/storage/client/shared-thread.ts';
import { openJournal } from '../../src/services/storage/client/sqlite-journal.ts';
import { Pipe } from '../../src/services/workers/pipe.ts';
import { sideToParent } from '../../src/services/workers/pipe-sides.ts';

const ignore = () => undefined;
const log = { info: ignore, warn: ignore, error: ignore };
const side = sideToParent();
if (side === undefined) throw new Error('started without a pipe');
const shared = new SharedThread({ clock: systemClock, log });
await openJournal({ file: process.argv[2] ?? '', clock: systemClock, log, start: shared.open });
shareThread(shared, new Pipe(side, systemClock));
process.on('disconnect', () => process.exit());
