package dev.mcpsession.postgres;

import dev.mcpsession.contract.ModuleContract;
import java.util.Set;

class ModuleTest implements ModuleContract {

    @Override
    public Set<String> required() {
        return Set.of("transitive dev.mcpsession", "transitive java.sql", "java.naming", "org.postgresql.jdbc");
    }

    @Override
    public Set<String> exported() {
        return Set.of("dev.mcpsession.postgres");
    }
}
