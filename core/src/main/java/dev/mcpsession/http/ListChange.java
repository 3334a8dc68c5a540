package dev.mcpsession.http;

import dev.mcpsession.event.Event;

/// A list of the server that can change: what a `subscriptions/listen` asks for by a boolean.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#notification-filter">MCP
///      2026-07-28, Notification Filter</a>
public enum ListChange {
    /// The list of prompts.
    PROMPTS("promptsListChanged", "notifications/prompts/list_changed"),
    /// The list of resources.
    RESOURCES("resourcesListChanged", "notifications/resources/list_changed"),
    /// The list of tools.
    TOOLS("toolsListChanged", "notifications/tools/list_changed");

    private final String field;
    private final String method;

    ListChange(String field, String method) {
        this.field = field;
        this.method = method;
    }

    /// The member of `notifications` that asks for it.
    ///
    /// @return such as `toolsListChanged`
    public String field() {
        return field;
    }

    /// The notification's method.
    ///
    /// @return such as `notifications/tools/list_changed`
    public String method() {
        return method;
    }

    /// The notification for everyone.
    ///
    /// @return a new event
    public Event event() {
        return Event.of(method);
    }
}
