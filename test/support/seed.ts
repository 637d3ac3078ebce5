import fc from 'fast-check';
import { seed } from './night.ts';

/** Every property of a run begins from its seed, and all other values that are made by chance. */
fc.configureGlobal({ seed });
