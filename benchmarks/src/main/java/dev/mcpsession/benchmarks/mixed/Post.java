package dev.mcpsession.benchmarks.mixed;

import dev.mcpsession.event.Event;
import java.util.BitSet;
import java.util.List;

/// An event, and the members that should receive it.
final class Post {

    private final Event event;
    private final BitSet wanting = new BitSet();
    private final int wanted;
    private long published;

    Post(Event event, List<Member> members) {
        this.event = event;
        for (var i = 0; i < members.size(); i++) wanting.set(i, members.get(i).wants().test(event));
        wanted = wanting.cardinality();
    }

    Event event() {
        return event;
    }

    int wanted() {
        return wanted;
    }

    void countPublished() {
        published++;
    }

    /// How often a member should have received it.
    long expectedBy(int member) {
        return wanting.get(member) ? published : 0;
    }
}
