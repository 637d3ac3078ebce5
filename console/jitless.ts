import { config } from 'zod';

// zod compiles its checks with `new Function` by default. The page's policy forbids that, and each attempt would be reported.
config({ jitless: true });
