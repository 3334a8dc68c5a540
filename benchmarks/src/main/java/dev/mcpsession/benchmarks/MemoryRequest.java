package dev.mcpsession.benchmarks;

import dev.mcpsession.http.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request to `/mcp` in memory.
///
/// @param all  the values of each header, by its name in the handler's spelling
/// @param body the body
record MemoryRequest(String method, Map<String, List<String>> all, byte[] body) implements Request {

    @Override
    public String path() {
        return "/mcp";
    }

    @Override
    public List<String> headers(String name) {
        return all.getOrDefault(name, List.of());
    }

    @Override
    public Optional<String> principal() {
        return Optional.empty();
    }

    @Override
    public Optional<byte[]> readBody(int maxBytes) {
        return Optional.of(body);
    }
}
