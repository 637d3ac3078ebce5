import type { Server } from 'node:http';
import { systemClock } from '../../src/clock.ts';
import { type MountedRoute, UpgradeDoor } from '../../src/services/sockets/upgrade-door.ts';

/** The door of a test's own server. An exception behind it fails the test. */
export function openDoor(server: Server, ...routes: readonly MountedRoute[]): UpgradeDoor {
  const door = new UpgradeDoor(systemClock, routes, {
    threw: (thrown) => {
      throw thrown;
    },
  });
  door.serve(server);
  return door;
}
