import { expect, test } from 'vitest';
import type { SessionEvent } from '../../src/machines/session/session.events.ts';
import { SessionUnderTest } from '../support/session-chart.ts';

const READY: readonly SessionEvent[] = [
  { type: 'socket.aged' },
  { type: 'next.opened' },
  { type: 'next.updated' },
];

/** A session that is live, and whose call has been told so. */
function liveSession(): SessionUnderTest {
  const session = new SessionUnderTest().tell({ type: 'socket.opened' }).tell({ type: 'socket.updated' });
  session.look();
  session.lookAtSockets();
  return session;
}

/** The same, with the next one ready beside it. */
function rotatingSession(): SessionUnderTest {
  const session = liveSession();
  for (const event of READY) session.tell(event);
  session.look();
  session.lookAtSockets();
  return session;
}

test('a session that follows another in a quiet moment is told all that was said, until the moment in which it follows', () => {
  const session = rotatingSession()
    .tell({ type: 'caller.committed', itemId: 't1' })
    .tell({ type: 'caller.said', itemId: 't1', text: 'Are you open?' })
    .tell({ type: 'tool.requested', request: { toolCallId: 'c1', name: 'a', argumentsJson: '{}' } })
    .tell({ type: 'answerTool', toolCallId: 'c1', output: '1' })
    .tell({ type: 'agent.startedItem', itemId: 'i1', responseId: 'r1' })
    .tell({ type: 'agent.said', itemId: 'i1', text: 'Until six.', interrupted: false, heardMs: 9 })
    .tell({ type: 'addMessage', role: 'system', text: 'Mention the sale.' })
    .tell({ type: 'allowReplies', allowed: true })
    .tell({ type: 'keepTools', names: [] });
  // Whatever is wanted of the conversation is wanted of the session that hears the caller.
  const orders = session.look().filter((line) => !line.startsWith('call: '));
  expect(orders.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'socket: answerTool',
    'socket: addMessage',
    'socket: allowReplies',
    'socket: keepTools',
  ]);
  const history = [
    { role: 'user', itemId: 't1', text: 'Are you open?' },
    { request: { toolCallId: 'c1', name: 'a', argumentsJson: '{}' }, output: '1' },
    { role: 'assistant', itemId: 'i1', text: 'Until six.' },
    { role: 'system', text: 'Mention the sale.' },
  ];
  expect(session.tell({ type: 'socket.fellQuiet' }).look()).toEqual([
    'socket: giveOver',
    'socket: takeOver',
    `socket: begin ${JSON.stringify({ repliesAllowed: true, keptTools: [], history })}`,
    'call: model.rotated',
  ]);
  session.tell({ type: 'createResponse', purpose: 'say', text: 'one' });
  expect(session.look()).toEqual(['socket: createResponse {"purpose":"say","text":"one"}']);
});

test('a session is followed as often as it nears its limit, and has two sockets only in between', () => {
  const session = liveSession();
  for (let rotation = 0; rotation < 5; rotation++) {
    for (const event of READY) session.tell(event);
    session.tell({ type: 'socket.fellQuiet' });
    expect(session.lookAtSockets()).toEqual(['next opened for CA1', 'socket let go']);
    expect(session.stage).toBe('alone');
  }
  expect(session.look().filter((line) => line.startsWith('call: '))).toEqual(
    Array.from({ length: 5 }, () => 'call: model.rotated'),
  );
  session.tell({ type: 'close' });
  expect(session.lookAtSockets()).toEqual(['socket let go']);
});

test('a session shows an inspector one socket, or two while the next one is got ready, in two slots by turns', () => {
  const session = liveSession();
  expect(session.children).toEqual(['items', 'socket.0']);
  for (const event of READY) {
    session.tell(event);
    expect(session.children).toEqual(['items', 'socket.0', 'socket.1']);
  }
  session.tell({ type: 'socket.fellQuiet' });
  expect(session.children).toEqual(['items', 'socket.1']);
  session.tell({ type: 'socket.aged' });
  expect(session.children.toSorted()).toEqual(['items', 'socket.0', 'socket.1']);
});

test('a session that is lost while the next one is ready asks that one at once for what is owed, and says whose words were lost', () => {
  const session = rotatingSession().tell({
    type: 'socket.closed',
    detail: 'closed with 1006',
    missed: 'caller',
    owed: [{ type: 'createResponse', purpose: 'reply' }],
  });
  expect(session.look().slice(2)).toEqual([
    'call: model.opened',
    'socket: begin {"repliesAllowed":false,"history":[],"missed":"caller"}',
    'socket: createResponse {"purpose":"reply"}',
    'call: model.configured',
  ]);
  expect(session.clock.now()).toBe(new SessionUnderTest().clock.now());
  // It is a session like any other: what is lost of it is followed, and it ages.
  session.tell({ type: 'socket.aged' });
  expect(session.stage).toBe('rotating.opening');
});

test('a session that is lost while the next one is being configured goes on where that one has come to', () => {
  const session = liveSession().tell({ type: 'socket.aged' }).tell({ type: 'next.opened' });
  session.tell({ type: 'socket.closed', detail: 'closed with 1006' });
  session.look();
  session.tell({ type: 'socket.updated' });
  expect(session.look()).toEqual([
    'socket: begin {"repliesAllowed":false,"history":[]}',
    'call: model.configured',
  ]);
});

test('a session whose next one has come to nothing is followed by a new one when it is lost', () => {
  const session = rotatingSession().tell({ type: 'next.ended' });
  expect(session.lookAtSockets()).toEqual(['next let go']);
  session.tell({ type: 'socket.closed', detail: 'closed with 1001' });
  expect(session.lookAtSockets()).toEqual(['socket let go', 'socket opened for CA1']);
  expect(session.stage).toBe('opening');
});

test('a quiet moment that nobody waits for any more changes nothing', () => {
  const session = rotatingSession().tell({ type: 'next.ended' });
  session.lookAtSockets();
  session.tell({ type: 'socket.fellQuiet' });
  expect([session.stage, ...session.look(), ...session.lookAtSockets()]).toEqual(['resting']);
});
