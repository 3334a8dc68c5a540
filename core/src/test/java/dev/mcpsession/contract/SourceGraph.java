package dev.mcpsession.contract;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The files of a module, and their uses of each other.
final class SourceGraph {

    private static final String OURS = "dev.mcpsession";

    private final List<JavaSource> files;

    SourceGraph(List<JavaSource> files) {
        this.files = files.stream().sorted(Comparator.comparing(JavaSource::toString)).toList();
    }

    /// Files of one package that use each other, directly or indirectly. A sealed type may use the cases that it permits.
    List<String> circles() {
        var circles = new ArrayList<String>();
        for (var each : new TreeMap<>(files.stream().collect(groupingBy(JavaSource::packageName))).entrySet()) {
            var uses = uses(each.getValue());
            var told = new HashSet<String>();
            for (var file : uses.keySet().stream().sorted().toList()) {
                if (told.contains(file)) continue;
                var circle = uses.keySet().stream()
                        .filter(other -> isReached(file, other, uses) && isReached(other, file, uses)).collect(toSet());
                if (circle.isEmpty()) continue;
                told.addAll(circle);
                circles.add(each.getKey() + ": " + String.join(" → ", way(file, file, uses)) + (circle.size() == 2 ? "" : "; in all "
                        + circle.size() + " files: " + String.join(", ", circle.stream().sorted().toList())));
            }
        }
        return circles;
    }

    private static Map<String, Set<String>> uses(List<JavaSource> files) {
        var names = files.stream().map(JavaSource::name).collect(toSet());
        return files.stream().collect(toMap(JavaSource::name, file -> {
            var used = new HashSet<>(file.uses(names));
            used.removeAll(file.permitted());
            return used;
        }));
    }

    private static boolean isReached(String from, String to, Map<String, Set<String>> uses) {
        return !way(from, to, uses).isEmpty();
    }

    /// The shortest path of at least one step, or an empty list.
    private static List<String> way(String from, String to, Map<String, Set<String>> uses) {
        var before = new HashMap<String, String>();
        var next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            var at = next.poll();
            for (var used : uses.get(at).stream().sorted().toList()) {
                if (before.putIfAbsent(used, at) == null) next.add(used);
            }
        }
        if (!before.containsKey(to)) return List.of();
        var way = new ArrayList<>(List.of(to));
        do way.addFirst(before.get(way.getFirst()));
        while (!way.getFirst().equals(from));
        return way;
    }

    /// Uses of this project's packages that no arrow allows.
    ///
    /// @param arrows for each package, those that it may use; it may also use whatever those may
    List<String> strayArrows(Map<String, Set<String>> arrows) {
        var circular = arrows.keySet().stream().filter(each -> reach(each, arrows).contains(each))
                .map(each -> each + " is allowed to use itself");
        var stray = files.stream().flatMap(file -> file.packages().stream()
                .filter(used -> used.startsWith(OURS) && !reach(file.packageName(), arrows).contains(used)).sorted()
                .map(used -> file + " → " + used));
        return Stream.concat(circular, stray).toList();
    }

    private static Set<String> reach(String from, Map<String, Set<String>> arrows) {
        var reached = new LinkedHashSet<String>();
        var next = new ArrayDeque<>(arrows.getOrDefault(from, Set.of()));
        while (!next.isEmpty()) {
            var at = next.poll();
            if (reached.add(at)) next.addAll(arrows.getOrDefault(at, Set.of()));
        }
        return reached;
    }

    List<String> longFiles(int most) {
        return files.stream().filter(file -> file.lines() > most).map(file -> file + " has " + file.lines() + " lines").toList();
    }

    List<String> longMethods(int most) {
        return files.stream().flatMap(file -> file.methods().stream().filter(method -> method.lines() > most)
                .map(method -> file + ":" + method.line() + " " + method.name() + " has " + method.lines() + " lines")).toList();
    }

    List<String> publicTypesWithout(String annotation) {
        return files.stream().filter(file -> file.isPublicWithout(annotation)).map(JavaSource::toString).toList();
    }
}
