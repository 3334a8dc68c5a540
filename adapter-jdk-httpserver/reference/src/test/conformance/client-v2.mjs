// The official TypeScript client, version 2, in the given era.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { obey, tell, tellAllOf } from './commands.mjs';

let client, transport, subscription;

await obey({
    connect: async ({ url, mode }) => {
        client = new Client({ name: 'typescript-v2', version: '1' }, { versionNegotiation: { mode } });
        tellAllOf(client);
        transport = new StreamableHTTPClientTransport(new URL(url));
        await client.connect(transport);
        return client.getNegotiatedProtocolVersion();
    },
    list: async () => (await client.listTools()).tools.length,
    call: async ({ name, args }) => (await client.callTool({ name, arguments: args })).content[0].text,
    subscribe: ({ uri }) => client.subscribeResource({ uri }),
    listen: async ({ filter }) => {
        subscription = await client.listen(filter);
        subscription.closed.then(how => tell({ listenEnded: how }));
        return subscription.honoredFilter;
    },
    stopListening: () => subscription.close(),
    end: () => transport.terminateSession().then(() => client.close()),
});
