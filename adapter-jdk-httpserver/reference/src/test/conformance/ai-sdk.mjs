// The MCP client of the AI SDK, in the version of the package named by the argument.
//
// It has no way to subscribe to notifications: each one reaches the application as an error, without its content.
import { tell, obey } from './commands.mjs';

const { createMCPClient, experimental_createMCPClient } = await import(process.argv[2]);

let client;

function uncaught(error) {
    if (error.message === 'Unsupported message type') tell({ notification: { method: 'notifications/tools/list_changed' } });
    else tell({ trouble: String(error) });
}

await obey({
    connect: async ({ url, mode }) => {
        client = await (createMCPClient ?? experimental_createMCPClient)({
            transport: { type: 'http', url },
            protocolVersionDiscovery: mode !== 'legacy',
            onUncaughtError: uncaught,
        });
    },
    list: async () => (await client.listTools()).tools.length,
    call: async ({ name, args }) => {
        const tools = await client.tools();
        return (await tools[name].execute(args, { toolCallId: '1', messages: [] })).content[0].text;
    },
    end: () => client.close(),
});
