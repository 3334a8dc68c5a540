package dev.mcpsession.http;

import static dev.mcpsession.http.TestRequest.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.SeamContract;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeamTest implements SeamContract {

    private static final int OWNERS = 20;
    private static final Pattern FOR = Pattern.compile("\"method\":\"for/([^\"]*)\"");

    private final long seed = System.nanoTime();
    private Endpoint endpoint;

    private record Client(String name, SessionId session) {}

    @Override
    public List<Replica> open(int kept) {
        var options = BroadcasterOptions.builder().ringEntries(kept).ringBytes(64L << 20).build();
        endpoint = new Endpoint(Endpoint.POLICY, options, builder -> builder);
        return List.of(new Replica(endpoint.store, endpoint.broadcaster, endpoint.handler));
    }

    @Override
    public void elapse(Duration time) {
        endpoint.elapse(time);
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    /// Events for each of 1,000 sessions and for their owners: whatever position a session comes back with, be it another's, gone
    /// or made up.
    @ParameterizedTest
    @ValueSource(ints = {4_096, 128})
    void get_anyPosition_replaysNothingThatIsForAnotherSession(int kept) {
        open(kept);
        var clients = IntStream.range(0, 1_000).mapToObj(n -> "owner" + n % OWNERS).map(name -> new Client(name, endpoint.used(name))).toList();
        var random = new Random(seed);
        var positions = new ArrayList<>(List.of(endpoint.position(), new EventId("abc", 5)));
        for (var n = 0; n < 3_000; n++) {
            var client = clients.get(n / 3);
            positions.add(endpoint.broadcaster.publish(switch (n % 3) {
                case 0 -> Event.of("for/" + client.session().value()).to(client.session());
                case 1 -> Event.of("for/" + client.name()).to(Owner.principal(client.name()));
                default -> Event.of("for/all");
            }));
        }

        for (var client : clients) {
            var position = positions.get(random.nextInt(positions.size()));
            var stream = endpoint.stream(get().within(client.session()).by(client.name()).with(McpHeaders.LAST_EVENT_ID, position.toString()));
            endpoint.end(client.session());
            var addressees = FOR.matcher(endpoint.written(stream).text()).results().map(match -> match.group(1)).collect(Collectors.toSet());
            addressees.removeAll(Set.of("all", client.session().value(), client.name()));
            assertEquals(Set.of(), addressees, () -> "behind " + position + ", seed " + seed);
        }
    }
}
