// A client's commands, one JSON object per line. It writes their results, and events that occur by themselves.
import { createInterface } from 'node:readline';

export function tell(what) {
    process.stdout.write(JSON.stringify(what) + '\n');
}

export function tellAllOf(client) {
    client.fallbackNotificationHandler = async ({ method, params }) => tell({ notification: { method, params } });
    client.onerror = error => tell({ trouble: String(error) });
}

export async function obey(commands) {
    for await (const line of createInterface({ input: process.stdin })) {
        const { command, ...details } = JSON.parse(line);
        try {
            tell({ done: command, result: (await commands[command](details)) ?? null });
        } catch (error) {
            tell({ failed: command, why: String(error) });
        }
    }
    process.exit(0);
}
