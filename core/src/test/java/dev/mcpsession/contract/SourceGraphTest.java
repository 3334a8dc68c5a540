package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SourceGraphTest {

    private static final String P = "dev.mcpsession.p";

    @Test
    void circles_twoFiles_areSeen() {
        assertEquals(List.of("dev.mcpsession.p: A → B → A"), circles("class A { B b; }", "class B { void run(A a) {} }"));
    }

    @Test
    void circles_threeFilesInAnyPlaceOfTheCode_areSeen() {
        assertEquals(List.of("dev.mcpsession.p: A → B → C → A; in all 3 files: A, B, C"),
                circles("class A extends B<String> {}", "class B<T> { Object c = C.of(1); }",
                "@Marked(A.class) record C(int n) {}", "class D { A a; }"));
    }

    @Test
    void circles_importsOfTheOwnPackageAndNamesInFull_areSeen() {
        assertEquals(1, circles("import static dev.mcpsession.p.B.Nested; class A {}", "class B { dev.mcpsession.p.A a; }").size());
        assertEquals(1, circles("import dev.mcpsession.p.B.Nested; class A {}", "class B { A.Nested a; }").size());
    }

    @Test
    void circles_oneWayOnly_areNone() {
        assertEquals(List.of(), circles("class A { B b; C c; }", "class B { C c; }", "class C {}"));
    }

    @Test
    void circles_commentsAndLiterals_countForNothing() {
        assertEquals(List.of(), circles("class A { B b; }", """
                /// An [A], '"'.
                class B { // A
                    /* A " */ String text = "A \\" A" + \"""
                        A "A" \\\""" A
                        \"""; char c = '"'; char a = 'A';
                }"""));
    }

    @Test
    void circles_hiddenNames_areNotThoseOfThePackage() {
        assertEquals(List.of(), circles("class A { B b; }", "import java.util.A; class B { A a; }"));
        assertEquals(List.of(), circles("class A { B b; }", "class B { A a; record A(int n) {} }"));
        assertEquals(List.of(), circles("class A { B b; }", "class B { Object a = Other.A; }"));
    }

    @Test
    void circles_sealedTypeAndItsCases_areNone() {
        assertEquals(List.of(), circles("public sealed interface A permits B, C {}",
                "record B() implements A {}", "record C() implements A {}"));
        assertEquals(List.of(), circles("class A { sealed interface Kind permits B {} }", "record B() implements A.Kind {}"));
        assertEquals(1, circles("sealed interface A permits B {}", "record B(C c) implements A {}", "class C { B b; }").size());
    }

    @Test
    void strayArrows_upAndToStrangers_areSeen() {
        var arrows = Map.of(P, Set.of("dev.mcpsession.q"), "dev.mcpsession.q", Set.of("dev.mcpsession.r"));
        var graph = graph("import dev.mcpsession.q.Q; import java.util.List; class A { dev.mcpsession.r.R.Nested r; }",
                "import static dev.mcpsession.s.S.of; class B { dev.mcpsession.json.Json json; }", "import dev.mcpsession.t.*; class C {}");

        assertEquals(List.of("dev.mcpsession.p.B → dev.mcpsession.json", "dev.mcpsession.p.B → dev.mcpsession.s",
                "dev.mcpsession.p.C → dev.mcpsession.t"), graph.strayArrows(arrows));
        assertEquals(List.of("dev.mcpsession.p is allowed to use itself"), graph("class A {}").strayArrows(Map.of(P, Set.of(P))));
    }

    @Test
    void longMethods_ofAnyKind_areMeasured() {
        var graph = graph("""
                class A {
                    private final Runnable task = () -> {
                        run();
                        run();
                    };

                    @Override
                    @SuppressWarnings({"a", "b"})
                    public String toString() {
                        var s = switch (1) { default -> new Object() { }; };
                        return "" + s;
                    }

                    record R(int n) {
                        R {
                            n = 1;
                            n++;
                        }
                    }

                    <T extends Comparable<T>> void generic(T t) throws Exception {
                    }
                }""");

        assertEquals(List.of("dev.mcpsession.p.A:9 toString has 4 lines", "dev.mcpsession.p.A:15 R has 4 lines"), graph.longMethods(2));
        assertEquals(List.of("dev.mcpsession.p.A has 23 lines"), graph.longFiles(22));
        assertEquals(List.of(), graph.longFiles(23));
    }

    @Test
    void publicTypes_annotatedOrNot_areToldApart() {
        assertEquals(List.of("dev.mcpsession.p.A", "dev.mcpsession.p.D"), graph(
                "public final class A { public class N {} }", "@ForAdapters public class B {}",
                "class C {}",
                "@Other @Deprecated(since = \"1\") public sealed interface D permits E {}").publicTypesWithout("ForAdapters"));
    }

    private static List<String> circles(String... files) {
        return graph(files).circles();
    }

    /// A graph of files whose types are called A, B, C and D.
    private static SourceGraph graph(String... files) {
        var names = Stream.of("A", "B", "C", "D").iterator();
        return new SourceGraph(Stream.of(files).map(file -> new JavaSource(names.next(), "package dev.mcpsession.p; " + file)).toList());
    }
}
