package dev.mcpsession;

import dev.mcpsession.contract.ImportsContract;
import dev.mcpsession.contract.ModuleContract;
import java.util.Map;
import java.util.Set;

class ModuleTest implements ModuleContract, ImportsContract {

    @Override
    public Set<String> required() {
        return Set.of("jdk.jfr");
    }

    @Override
    public Set<String> exported() {
        return Set.of("dev.mcpsession", "dev.mcpsession.backend", "dev.mcpsession.broadcast", "dev.mcpsession.dialog",
                "dev.mcpsession.event", "dev.mcpsession.http", "dev.mcpsession.json", "dev.mcpsession.memory");
    }

    @Override
    public Map<String, Set<String>> arrows() {
        return Map.of(
                "dev.mcpsession.memory", Set.of("dev.mcpsession.backend"),
                "dev.mcpsession.backend", Set.of("dev.mcpsession.broadcast"),
                "dev.mcpsession.broadcast", Set.of("dev.mcpsession.event"),
                "dev.mcpsession.http", Set.of("dev.mcpsession.event"),
                "dev.mcpsession.dialog", Set.of("dev.mcpsession.event"),
                "dev.mcpsession.event", Set.of("dev.mcpsession"),
                "dev.mcpsession", Set.of("dev.mcpsession.json"),
                "dev.mcpsession.json", Set.of());
    }

    @Override
    public Set<String> packagesOfOneType() {
        return Set.of("dev.mcpsession.json");
    }

    @Override
    public int publicTypes() {
        return 42;
    }
}
