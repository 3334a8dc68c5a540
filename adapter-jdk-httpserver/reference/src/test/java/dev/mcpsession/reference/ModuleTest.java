package dev.mcpsession.reference;

import dev.mcpsession.contract.ModuleContract;
import java.util.Set;

class ModuleTest implements ModuleContract {

    @Override
    public Set<String> required() {
        return Set.of("dev.mcpsession.httpserver");
    }

    @Override
    public Set<String> exported() {
        return Set.of();
    }
}
