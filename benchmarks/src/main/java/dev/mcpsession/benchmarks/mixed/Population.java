package dev.mcpsession.benchmarks.mixed;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// Subscribers, and the events that are published to them.
public enum Population {
    /// Alternately sessions' streams and listens, ten of them for each owner. All sessions receive list changes. Of eight listens, four
    /// select all three lists, two the tools alone, one the tools and a resource, and one two resources. One session in ten is subscribed
    /// to a resource. Of ten events, six are list changes for all, five of them of the tools and one of the prompts. Four are for a few:
    /// two resource updates, one message for a session, and one for an owner.
    MIXED("mixed"),
    /// Every subscriber receives every event, and each event is a change of the tools.
    PLAIN("plain");

    private static final int SEED = 42;
    private static final int CYCLES = 20;
    private static final int OWNED = 10;
    private static final int RESOURCES = 100;
    private static final String TOOLS = "notifications/tools/list_changed";
    private static final String PROMPTS = "notifications/prompts/list_changed";
    private static final Set<String> LISTS = Set.of(TOOLS, PROMPTS, "notifications/resources/list_changed");

    private final String text;

    Population(String text) {
        this.text = text;
    }

    /// Finds a population by its name.
    ///
    /// @param text such as `mixed`
    /// @return the population
    /// @throws IllegalArgumentException if there is none
    public static Population of(String text) {
        return Arrays.stream(values()).filter(population -> population.text.equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("population must be one of " + Arrays.toString(values()) + ": " + text));
    }

    /// Returns the population's name.
    @Override
    public String toString() {
        return text;
    }

    List<Member> members(int count) {
        return IntStream.range(0, count).mapToObj(i -> switch (this) {
            case PLAIN -> Member.ofEverything();
            case MIXED -> i % 2 == 0 ? session(i) : listen(i);
        }).toList();
    }

    private static Member session(int i) {
        return Member.ofSession(SessionId.random(), owner(i), i / 2 % 10 == 0 ? Set.of(uri(i / 20)) : Set.of());
    }

    private static Member listen(int i) {
        return switch (i / 2 % 8) {
            case 4, 5 -> Member.ofListen(i, owner(i), Set.of(TOOLS), Set.of());
            case 6 -> Member.ofListen(i, owner(i), Set.of(TOOLS), Set.of(uri(i / 16)));
            case 7 -> Member.ofListen(i, owner(i), Set.of(), Set.of(uri(i / 16), uri(i / 16 + 1)));
            default -> Member.ofListen(i, owner(i), LISTS, Set.of());
        };
    }

    private static Owner owner(int i) {
        return Owner.principal("owner-" + i / OWNED);
    }

    private static String uri(int i) {
        return "file:///resources/" + i % RESOURCES;
    }

    /// The events to publish, repeated in this order.
    List<Event> events(List<Member> members) {
        if (this == PLAIN) return List.of(Event.of(TOOLS));
        var random = new Random(SEED);
        var events = new ArrayList<Event>();
        for (var i = 0; i < CYCLES; i++) {
            events.add(Event.of(TOOLS));
            events.add(updated(random));
            events.add(Event.of(TOOLS));
            events.add(message().to(members.get(random.nextInt((members.size() + 1) / 2) * 2).filter().session().orElseThrow()));
            events.add(Event.of(TOOLS));
            events.add(Event.of(PROMPTS));
            events.add(updated(random));
            events.add(Event.of(TOOLS));
            events.add(message().to(members.get(random.nextInt(members.size())).filter().owner()));
            events.add(Event.of(TOOLS));
        }
        return events;
    }

    private static Event updated(Random random) {
        return Event.of("notifications/resources/updated", Json.obj().with("uri", uri(random.nextInt(RESOURCES))));
    }

    private static Event message() {
        return Event.of("notifications/message", Json.obj().with("level", "info").with("data", "42"));
    }
}
