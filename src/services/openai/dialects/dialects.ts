import { betaDialect } from './beta.dialect.ts';
import type { Dialect } from './dialect.ts';
import { gaDialect } from './ga.dialect.ts';

/** The dialects by the names that `OPENAI_REALTIME_DIALECT` takes. One is made for each session. */
export const DIALECTS: Readonly<Record<'ga' | 'beta', () => Dialect>> = {
  ga: () => gaDialect,
  beta: () => betaDialect,
};
