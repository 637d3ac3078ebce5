import { describe, expect, test } from 'vitest';
import { maskedBody, maskedJson } from '../../../src/protocol/word-mask.ts';

describe('a row whose words are hidden', () => {
  test('a row whose words are hidden keeps its shape, ids, names and lengths, and no word or digit', () => {
    const body = {
      itemId: 'item_1',
      text: 'Call +1 202',
      error: { code: 'TOOL_FAILED', message: 'the tool failed' },
      to: '+12025550147',
      heardMs: 4,
    };
    expect(maskedBody('agent.said', body)).toEqual({
      itemId: 'item_1',
      text: '•••• +• •••',
      error: { code: 'TOOL_FAILED', message: 'the tool failed' },
      to: '+•••••••••••',
      heardMs: 4,
    });
  });

  test('a row whose words are hidden tells what a tool was asked for and answers, and hides every value of it', () => {
    const request = {
      toolCallId: 't1',
      name: 'book_appointment',
      argumentsJson: '{"name":"Ada","guests":4,"slots":[{"at":"10:00","free":true}],"notes":null}',
    };
    expect(maskedBody('tool.requested', { request })).toEqual({
      request: {
        ...request,
        argumentsJson: '{"name":"•••","guests":"•","slots":[{"at":"••:••","free":true}],"notes":null}',
      },
    });
    expect(maskedBody('tool.settled', { outcome: { status: 'ok', output: 'Booked for Ada' } })).toEqual({
      outcome: { status: 'ok', output: '•••••• ••• •••' },
    });
  });

  test('a row whose words are hidden stays as it is when it is hidden once more', () => {
    const body = { text: 'Hello 1', request: { argumentsJson: '{"a":{"b":[1,"two"]},"c":false}' } };
    const once = maskedBody('tool.requested', body);
    expect(maskedBody('tool.requested', once)).toEqual(once);
    expect(maskedJson('no "JSON"')).toBe('•• "••••"');
  });
});
