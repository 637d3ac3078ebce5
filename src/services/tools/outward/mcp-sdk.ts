/** The official MCP SDK. It is optional and large: it is loaded when the first server is connected to. */

export type McpSdk = Awaited<ReturnType<typeof importSdk>>;

/** What the operator is told where it is not there. */
export const SDK_MISSING = 'the MCP SDK is not installed; run: npm install @modelcontextprotocol/sdk';

/** Undefined where it is not installed. */
export async function loadSdk(): Promise<McpSdk | undefined> {
  try {
    return await importSdk();
  } catch {
    return undefined;
  }
}

async function importSdk() {
  const [{ Client }, { StdioClientTransport }, { StreamableHTTPClientTransport }, { CallToolResultSchema }] =
    await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js'),
      import('@modelcontextprotocol/sdk/client/stdio.js'),
      import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ]);
  return { Client, StdioClientTransport, StreamableHTTPClientTransport, CallToolResultSchema };
}
