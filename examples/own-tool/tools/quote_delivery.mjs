import { defineTool, done, refuse, z } from 'callchart/tool';

/** What a delivery costs, in dollars, by the part of town. */
const PRICES = { riverside: 4, 'old town': 6, airport: 9 };

export default defineTool({
  name: 'quote_delivery',
  description:
    'Look up what a delivery costs. Ask for the part of town first; never guess it, nor the price.',
  policy: { kind: 'reads' },
  args: z.strictObject({ area: z.string().max(40).meta({ description: 'The part of town.' }) }),
  run: ({ area }, { call }) => {
    const price = PRICES[area.toLowerCase()];
    if (price === undefined) return refuse('We do not deliver there.', { areas: Object.keys(PRICES) });
    return done({ area, price, currency: 'dollars', from: call.profile.business.name });
  },
});
