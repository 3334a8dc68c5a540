package dev.mcpsession;

import dev.mcpsession.contract.ModuleContract;
import java.util.Set;

class ModuleTest implements ModuleContract {

    @Override
    public Set<String> required() {
        return Set.of("jdk.jfr");
    }

    @Override
    public Set<String> exported() {
        return Set.of("dev.mcpsession", "dev.mcpsession.backend", "dev.mcpsession.broadcast", "dev.mcpsession.event", "dev.mcpsession.http", "dev.mcpsession.json",
                "dev.mcpsession.memory");
    }
}
