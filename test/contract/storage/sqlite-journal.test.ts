import { sqliteBackend } from '../../support/journal-backend.ts';
import { describeJournal } from './journal-suite.ts';

describeJournal('SQLite', sqliteBackend);
