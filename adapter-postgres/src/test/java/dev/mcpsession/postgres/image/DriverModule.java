package dev.mcpsession.postgres.image;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.classfile.attribute.ModuleAttribute.ModuleAttributeBuilder;
import java.lang.classfile.attribute.ModulePackagesAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Makes a copy of the driver's jar that can be linked: the driver is an automatic module, and `jlink` takes only those with a descriptor.
final class DriverModule {

    // What pgjdbc uses. Its two points of java.awt are not reachable from here, and so java.desktop is left out.
    private static final List<String> REQUIRED = List.of("java.base", "java.logging", "java.management", "java.naming", "java.security.jgss",
            "java.security.sasl", "java.sql", "java.transaction.xa", "java.xml");

    private DriverModule() {}

    static void write(Path jar, Path copy) throws IOException {
        var automatic = ModuleFinder.of(jar).findAll().iterator().next().descriptor();
        try (var from = new JarFile(jar.toFile()); var to = new ZipOutputStream(Files.newOutputStream(copy))) {
            for (var entry : from.stream().toList()) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                from.getInputStream(entry).transferTo(to);
            }
            to.putNextEntry(new ZipEntry("module-info.class"));
            to.write(descriptor(automatic));
        }
    }

    /// As an automatic module, it exports and opens everything.
    private static byte[] descriptor(ModuleDescriptor automatic) {
        var packages = automatic.packages().stream().sorted().map(PackageDesc::of).toList();
        var module = ModuleAttribute.of(ModuleDesc.of(automatic.name()), to -> {
            to.moduleFlags(AccessFlag.OPEN);
            REQUIRED.forEach(name -> require(to, name));
            packages.forEach(name -> to.exports(name, 0));
            automatic.provides().forEach(service -> to.provides(ClassDesc.of(service.service()),
                    service.providers().stream().map(ClassDesc::of).toArray(ClassDesc[]::new)));
        });
        return ClassFile.of().buildModule(module, to -> to.with(ModulePackagesAttribute.ofNames(packages)));
    }

    private static void require(ModuleAttributeBuilder to, String name) {
        var flags = name.equals("java.base") ? ClassFile.ACC_MANDATED : 0;
        to.requires(ModuleDesc.of(name), flags, null);
    }
}
