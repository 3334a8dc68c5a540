package dev.mcpsession.contract;

/// JSON-RPC messages as clients send them.
public final class Messages {

    public static final String INITIALIZE = initialize("2025-11-25");
    public static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
    public static final String LIST_TOOLS = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}";

    private Messages() {}

    public static String initialize(String revision) {
        return """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"%s","capabilities":{},\
                "clientInfo":{"name":"test","version":"1"}}}""".formatted(revision);
    }

    /// @param arguments a JSON object
    public static String callTool(String name, String arguments) {
        return """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":%s}}""".formatted(name, arguments);
    }

    /// A request of 2026-07-28.
    ///
    /// @param params the members of `params` besides `_meta`, each followed by a comma
    public static String stateless(String id, String method, String params) {
        return """
                {"jsonrpc":"2.0","id":%s,"method":"%s","params":{%s"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
                "io.modelcontextprotocol/clientCapabilities":{"elicitation":{},"sampling":{}}}}}""".formatted(id, method, params);
    }

    /// A `subscriptions/listen`.
    ///
    /// @param notifications a JSON object, such as `{"toolsListChanged":true}`
    public static String listen(String id, String notifications) {
        return stateless(id, "subscriptions/listen", "\"notifications\":" + notifications + ",");
    }
}
