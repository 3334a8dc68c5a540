package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.suite.Question;
import java.util.List;

/// The questions of the suite, in the order of the report. A new question must be added here; bars and plots are optional.
final class Questions {

    static final List<Question> ALL = List.of(
            new DeliveryLatency(),
            PublishLatency.question(),
            new PacedThroughput(),
            new Addressed(),
            new MixedTraffic(),
            new EventStreams(),
            new Products(),
            new ReplicatedEvents(),
            new RequestOverhead(),
            new Footprint(),
            SessionStoreOps.question(),
            new StoreSweep(),
            ReplicatedStore.question(),
            DecisionCost.question(),
            AskCost.question(),
            EventEncoding.question(),
            JsonParse.question());

    private Questions() {}
}
