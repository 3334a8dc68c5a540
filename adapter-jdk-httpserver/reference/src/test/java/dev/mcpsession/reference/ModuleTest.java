package dev.mcpsession.reference;

import dev.mcpsession.contract.ImportsContract;
import dev.mcpsession.contract.ModuleContract;
import java.util.Map;
import java.util.Set;

class ModuleTest implements ModuleContract, ImportsContract {

    @Override
    public Set<String> required() {
        return Set.of("dev.mcpsession.httpserver");
    }

    @Override
    public Set<String> exported() {
        return Set.of();
    }

    @Override
    public Map<String, Set<String>> arrows() {
        return Map.of("dev.mcpsession.reference", Set.of("dev.mcpsession", "dev.mcpsession.backend", "dev.mcpsession.broadcast",
                "dev.mcpsession.dialog", "dev.mcpsession.event", "dev.mcpsession.http", "dev.mcpsession.httpserver", "dev.mcpsession.json"));
    }
}
