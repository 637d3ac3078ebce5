import { defineTool, done, z } from 'callchart/tool';

/** In dollars. A price list, a database, another system: whatever answers within seconds. */
const PRICES = { 'tune up': 60, 'flat tire': 20, 'brake check': 15 };

export default defineTool({
  name: 'quote_price',
  description: 'Look up what a repair costs. Use it whenever the caller asks for a price; never guess one.',
  policy: { kind: 'reads' },
  args: z.strictObject({ service: z.enum(Object.keys(PRICES)) }),
  run: ({ service }) => done({ service, price: PRICES[service], currency: 'dollars' }),
});
