// A client that uses only standard input and output, with mcp-remote as its bridge.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { obey, tellAllOf } from './commands.mjs';

const client = new Client({ name: 'stdio', version: '1' });
tellAllOf(client);

await obey({
    connect: ({ url, mode }) => client.connect(new StdioClientTransport({
        command: process.execPath,
        args: ['node_modules/mcp-remote/dist/proxy.js', url, '--transport', 'http-only', '--protocol', mode],
        env: { ...process.env, MCP_REMOTE_CONFIG_DIR: 'results/mcp-remote' },
        stderr: 'inherit',
    })),
    list: async () => (await client.listTools()).tools.length,
    call: async ({ name, args }) => (await client.callTool({ name, arguments: args })).content[0].text,
    end: () => client.close(),
});
