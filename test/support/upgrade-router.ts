import type { Server } from 'node:http';
import { systemClock } from '../../src/clock.ts';
import { type MountedRoute, UpgradeRouter } from '../../src/services/sockets/upgrade-router.ts';

/** The door of a test's own server. An exception behind it fails the test. */
export function openDoor(server: Server, ...routes: readonly MountedRoute[]): UpgradeRouter {
  const door = new UpgradeRouter(systemClock, routes, {
    threw: (thrown) => {
      throw thrown;
    },
  });
  door.serve(server);
  return door;
}
