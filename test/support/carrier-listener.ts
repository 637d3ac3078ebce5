import type { CarrierListener } from '../../src/services/phone/carrier.port.ts';

/** A listener that lets everything in, and hears only what a test wants to hear. */
export function carrierListener(heard: Partial<CarrierListener>): CarrierListener {
  const deaf = () => undefined;
  return {
    arrived: () => true,
    audio: deaf,
    mark: deaf,
    digit: deaf,
    typed: deaf,
    stopped: deaf,
    ignored: deaf,
    repeated: deaf,
    strayed: deaf,
    malformed: deaf,
    closed: deaf,
    threw: deaf,
    ...heard,
  };
}
