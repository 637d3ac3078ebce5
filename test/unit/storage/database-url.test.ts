import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { databaseFileOf } from '../../../src/database-url.ts';

describe('DATABASE_URL', () => {
  test.each([
    ['file:data/calls.sqlite', 'data/calls.sqlite'],
    ['file:./calls.sqlite', './calls.sqlite'],
    ['file:/var/lib/calls.sqlite', '/var/lib/calls.sqlite'],
    ['file:///var/lib/my%20calls.sqlite', '/var/lib/my calls.sqlite'],
    ['file::memory:', ':memory:'],
  ])('DATABASE_URL %s names the file %s', (url, file) => {
    expect(databaseFileOf(url)).toBe(file);
  });

  test.each([
    ['postgres://calls:hunter2@db/calls', 'postgres:// is not supported yet'],
    ['postgresql://calls:hunter2@db/calls', 'postgres:// is not supported yet'],
    ['mysql://calls:hunter2@db/calls', 'must be a file: URL'],
    ['data/hunter2.sqlite', 'must be a file: URL'],
    ['', 'must be a file: URL'],
    ['file:', 'must name a file'],
    ['file:data/', 'must name a file'],
    ['file:calls.sqlite?mode=ro&key=hunter2', 'takes a path only'],
    ['file://elsewhere/calls.sqlite', 'must have an absolute local path'],
  ])('DATABASE_URL %s is refused by its reason, and repeated in no message', (url, reason) => {
    const read = () => databaseFileOf(url);
    expect(read).toThrow(EngineError);
    expect(read).toThrow(`DATABASE_URL`);
    expect(read).toThrow(reason);
    expect(read).not.toThrow('hunter2');
  });
});
