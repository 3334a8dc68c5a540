package dev.mcpsession.httpserver;

import dev.mcpsession.contract.ImportsContract;
import dev.mcpsession.contract.ModuleContract;
import java.util.Map;
import java.util.Set;

class ModuleTest implements ModuleContract, ImportsContract {

    @Override
    public Set<String> required() {
        return Set.of("transitive dev.mcpsession", "transitive jdk.httpserver");
    }

    @Override
    public Set<String> exported() {
        return Set.of("dev.mcpsession.httpserver");
    }

    @Override
    public Map<String, Set<String>> arrows() {
        return Map.of("dev.mcpsession.httpserver", Set.of("dev.mcpsession", "dev.mcpsession.backend", "dev.mcpsession.broadcast",
                "dev.mcpsession.dialog", "dev.mcpsession.event", "dev.mcpsession.http", "dev.mcpsession.json", "dev.mcpsession.memory"));
    }
}
