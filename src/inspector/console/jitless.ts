import { config } from 'zod';

// zod compiles its checks with `new Function` where it may. The page's policy forbids that, and would report each attempt.
config({ jitless: true });
