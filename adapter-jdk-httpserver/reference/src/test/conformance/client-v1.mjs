// The official TypeScript client, version 1.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { obey, tellAllOf } from './commands.mjs';

const client = new Client({ name: 'typescript-v1', version: '1' }, { capabilities: { elicitation: {} } });
let transport;
tellAllOf(client);
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { ok: true } }));

await obey({
    connect: async ({ url }) => {
        transport = new StreamableHTTPClientTransport(new URL(url));
        await client.connect(transport);
        return transport.protocolVersion;
    },
    list: async () => (await client.listTools()).tools.length,
    call: async ({ name, args }) => (await client.callTool({ name, arguments: args })).content[0].text,
    subscribe: ({ uri }) => client.subscribeResource({ uri }),
    end: () => transport.terminateSession().then(() => client.close()),
});
