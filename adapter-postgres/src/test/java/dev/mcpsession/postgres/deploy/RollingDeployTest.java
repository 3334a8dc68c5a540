package dev.mcpsession.postgres.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.postgres.deploy.ReplicaMain.Stop;
import dev.mcpsession.postgres.deploy.RollingDeploy.Balancing;
import dev.mcpsession.postgres.deploy.RollingDeploy.Plan;
import dev.mcpsession.postgres.deploy.RollingDeploy.Report;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A deploy that no client notices: three replicas, each in its own process, are replaced one by one under traffic.
///
/// There are 4 replacements in all and 300 streams; `-Ddeploy.rolls=50` and `-Ddeploy.streams=1000` make them more.
@Timeout(1_200)
class RollingDeployTest {

    private static final int ROLLS = Integer.getInteger("deploy.rolls", 4);
    private static final int STREAMS = Integer.getInteger("deploy.streams", 300);
    private static final int FEW = 12;

    private static Map<String, Balancing> proxies() {
        var proxies = new TreeMap<String, Balancing>(Map.of("own", Proxy::own));
        Nginx.program().ifPresent(program -> proxies.put("nginx", replicas -> Nginx.start(program, replicas)));
        return proxies;
    }

    static Stream<String> names() {
        return proxies().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void roll_underTraffic_isNotNoticed(String proxy) throws Exception {
        var report = run(new Plan(3, STREAMS, 4, 500, Stop.WELL, true), proxy, ROLLS / proxies().size());

        System.out.println(proxy + ": " + report);
        assertEquals(0, report.faults(), report::toString);
        assertTrue(report.drained() > 0, () -> "no question was in flight on a replica that drained: " + report);
    }

    /// Otherwise the test above would prove nothing.
    @Test
    void roll_thatDrainsNothing_losesCallsAndEvents() throws Exception {
        var report = run(new Plan(2, FEW, 40, 2_000, Stop.UNDRAINED, false), "own", 1);

        assertContains("a call failed", report);
        assertContains("a stream was cut", report);
        assertContains("a client saw", report);
    }

    @Test
    void roll_withoutNotice_isNotReadyTooLate() throws Exception {
        var report = run(new Plan(2, FEW, 40, 1_000, Stop.AT_ONCE, true), "own", 1);

        assertContains("a call failed", report);
        assertContains("a replica must not be ready before it refuses connections", report);
    }

    private static void assertContains(String fault, Report report) {
        assertTrue(report.first().stream().anyMatch(each -> each.startsWith(fault)), () -> fault + ": " + report);
    }

    private static Report run(Plan plan, String proxy, int rolls) throws Exception {
        try (var deploy = new RollingDeploy(plan, proxies().get(proxy))) {
            return deploy.run(rolls);
        }
    }
}
