// A client that does what it is told, a command of JSON a line, and tells what comes of it, and what comes of itself.
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
