import { SiblingWorkers } from '../../support/sibling-workers.ts';
import { describeSiblings } from './siblings-suite.ts';

describeSiblings('memory', () => {
  const house = new SiblingWorkers();
  return Promise.resolve({
    workers: [house.join(), house.join(), house.join()] as const,
    lose: (worker) => {
      house.lose(worker);
      return Promise.resolve();
    },
  });
});
