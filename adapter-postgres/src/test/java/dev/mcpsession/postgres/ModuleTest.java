package dev.mcpsession.postgres;

import dev.mcpsession.contract.ImportsContract;
import dev.mcpsession.contract.ModuleContract;
import java.util.Map;
import java.util.Set;

class ModuleTest implements ModuleContract, ImportsContract {

    @Override
    public Set<String> required() {
        return Set.of("transitive dev.mcpsession", "transitive java.sql", "java.naming", "org.postgresql.jdbc");
    }

    @Override
    public Set<String> exported() {
        return Set.of("dev.mcpsession.postgres");
    }

    @Override
    public Map<String, Set<String>> arrows() {
        return Map.of("dev.mcpsession.postgres", Set.of("dev.mcpsession", "dev.mcpsession.backend", "dev.mcpsession.broadcast",
                "dev.mcpsession.event", "dev.mcpsession.json"));
    }
}
