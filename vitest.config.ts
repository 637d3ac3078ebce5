import { defineConfig } from 'vitest/config';
import { builtThreads } from './test/support/built-threads.ts';

export default defineConfig({
  plugins: [builtThreads()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-sources.ts'],
    setupFiles: ['test/support/seed.ts'],
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
