import type { CarrierProof } from '../../http/carrier-proof.port.ts';
import type { CarrierRouteDeps, CarrierRoutes } from '../../http/carrier-routes.port.ts';
import type { Handler } from '../../http/routes.ts';
import { SECRET_SETTING, SIGNATURE_HEADER } from './signature.ts';
import { streamWithoutUpgrade } from './stream-without-upgrade.ts';
import { twilioWebhooks } from './twilio-webhooks.ts';
import { WEBHOOK_ROUTES } from './webhook-routes.ts';

const handlersOf = (deps: CarrierRouteDeps): Record<keyof typeof WEBHOOK_ROUTES, Handler> => ({
  ...twilioWebhooks(deps),
  ...streamWithoutUpgrade(deps.publicUrl),
});

export const TWILIO_PROOF: CarrierProof = {
  signatureHeader: SIGNATURE_HEADER,
  secretSetting: SECRET_SETTING,
};

/** Everything that Twilio asks over HTTP. */
export const TWILIO_ROUTES = {
  prefix: '/twilio',
  specs: WEBHOOK_ROUTES,
  handlersOf,
} as const satisfies CarrierRoutes;
