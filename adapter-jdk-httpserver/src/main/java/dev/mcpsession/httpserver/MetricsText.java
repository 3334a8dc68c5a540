package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.http.HandlerStats;
import dev.mcpsession.http.HandlerStats.Histogram;
import dev.mcpsession.http.SessionHandler;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The gauges and counters of an endpoint in the text format of Prometheus, as an `HttpHandler` for `/metrics` or as a string.
///
/// Names follow OpenTelemetry's conventions for MCP servers; those that it lacks begin in the same way. There are 119 series, 13 more with
/// requests to clients, however many sessions there are: the only labels are causes, and no series has a session, an owner or a method. Writing the text queries no store, so
/// it works while a database is away. Thread-safe.
///
/// ```java
/// McpHttpServer.builder(sessions).endpoint(application).handler("/metrics", new MetricsText(sessions)).start();
/// ```
///
/// Whoever can reach the path can read the numbers, so put it on a port that only the monitoring reaches, or behind a proxy's rule.
///
/// @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus, Exposition formats</a>
/// @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/">OpenTelemetry, Semantic conventions for MCP</a>
public final class MetricsText implements HttpHandler {

    /// The `Content-Type` of the text.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String PREFIX = "mcp_server_";

    private final SessionHandler sessions;
    private final Optional<ClientRequests> requests;

    /// Creates a handler.
    ///
    /// @param sessions the endpoint whose numbers are written
    public MetricsText(SessionHandler sessions) {
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        requests = Optional.empty();
    }

    /// Creates a handler for an application that asks its clients.
    ///
    /// @param sessions the endpoint whose numbers are written
    /// @param requests the requests to clients, whose numbers follow
    public MetricsText(SessionHandler sessions, ClientRequests requests) {
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.requests = Optional.of(requests);
    }

    /// Answers GET and HEAD with the current numbers, and other methods with 405.
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var isHead = exchange.getRequestMethod().equals("HEAD");
        if (!isHead && !exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            exchange.sendResponseHeaders(405, -1);
            return;
        }
        var body = text().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
        exchange.sendResponseHeaders(200, isHead ? -1 : body.length);
        if (!isHead) exchange.getResponseBody().write(body);
    }

    /// {@return the current numbers}
    public String text() {
        var stats = sessions.stats();
        var text = new Text();
        text.gauge("ready", "Whether requests should be sent here: 1 or 0.", sessions.isReady() ? 1 : 0);
        text.gauge("calls_in_flight", "Forwarded calls in progress, without streams.", stats.calls());
        text.counters("requests_refused", "Requests refused, by cause.", stats.refused());
        text.counters("store_failures", "Failures of the session store, by what it was to do.", stats.storeFailed());
        text.counters("broadcaster_failures", "Failures of the broadcaster, by what it was to do.", stats.broadcasterFailed());
        sessions(stats.sessions(), text);
        streams(stats.streams(), text);
        events(stats, text);
        requests.ifPresent(asking -> dialog(asking.stats(), text));
        return text.toString();
    }

    private static void dialog(ClientRequests.Stats dialog, Text text) {
        text.gauge("asks_open", "Requests to clients that wait for an answer.", dialog.openRequests());
        text.counters("asks_ended", "Requests to clients that ended, by how.", dialog.asked());
        text.gauge("answers_open", "Answers to calls that are open, also as event streams.", dialog.openAnswers());
        text.counter("calls_cancelled", "Calls that their clients cancelled.", dialog.cancelled());
    }

    private static void sessions(HandlerStats.OfSessions sessions, Text text) {
        text.counter("sessions_created", "Sessions created.", sessions.created());
        text.counter("sessions_revived", "Requests that revived an expired session.", sessions.revived());
        text.counters("sessions_ended", "Sessions ended, by cause.", sessions.ended());
        text.gauge("sessions_in_use", "Sessions that this process uses, or has used since the last tick.", sessions.inUse());
        sessions.store().ifPresent(store -> {
            text.gauge("sessions_live", "Live sessions of all replicas at the last tick; do not add up replicas.", store.live());
            text.gauge("sessions_held", "Live and revivable sessions of all replicas at the last tick; do not add up replicas.",
                    store.held());
            text.gauge("sessions_counted_age_seconds", "How long ago that tick was.", seconds(store.age()));
        });
        text.histogram("session_duration", "Age of sessions at their end, without those that expired.", sessions.duration());
    }

    private static void streams(HandlerStats.OfStreams streams, Text text) {
        text.gauge("streams_open", "Event streams that are open or being opened.", streams.open());
        text.counter("streams_opened", "Event streams opened.", streams.opened());
        text.counters("streams_ended", "Event streams ended, by cause.", streams.ended());
        text.histogram("stream_duration", "Age of event streams at their end.", streams.duration());
        text.histogram("stream_write_duration", "How long clients took to accept a write of an event stream.", streams.writeTime());
    }

    private static void events(HandlerStats stats, Text text) {
        text.counter("events_published", "Events published on any replica, as this process read them.", stats.events().published());
        text.counter("events_delivered", "Events written to clients.", stats.streams().delivered());
        text.counter("events_missed", "Events that clients missed because they were too slow.", stats.streams().lagged());
        text.counter("messages_lost", "Upper bound on the messages among them, which nothing replaces.", stats.streams().lostMessages());
        text.gauge("events_retained", "Events that can be read back from memory.", stats.events().retained());
        text.gauge("events_retained_bytes", "The memory that they take.", stats.events().retainedBytes());
        text.histogram("event_delivery_lag", "Time from an event's encoding in this process until it was written; once per write.",
                stats.streams().lag());
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros().toPlainString(); // never in the default locale
    }

    /// Help texts and label values are this class's own or names of constants, so nothing needs to be escaped.
    private static final class Text {

        private final StringBuilder lines = new StringBuilder(16 << 10);

        void gauge(String name, String help, long value) {
            gauge(name, help, Long.toString(value));
        }

        void gauge(String name, String help, String value) {
            head(name, "gauge", help);
            sample(name, "", value);
        }

        void counter(String name, String help, long value) {
            head(name + "_total", "counter", help);
            sample(name + "_total", "", Long.toString(value));
        }

        void counters(String name, String help, Map<? extends Enum<?>, Long> byCause) {
            head(name + "_total", "counter", help);
            byCause.forEach((cause, count) -> sample(
                    name + "_total", "{cause=\"" + cause.name().toLowerCase(Locale.ROOT) + "\"}", Long.toString(count)));
        }

        void histogram(String name, String help, Histogram histogram) {
            var inSeconds = name + "_seconds";
            head(inSeconds, "histogram", help);
            histogram.atMost().forEach((bound, count) -> bucket(inSeconds, seconds(bound), count));
            bucket(inSeconds, "+Inf", histogram.count());
            sample(inSeconds + "_sum", "", seconds(histogram.total()));
            sample(inSeconds + "_count", "", Long.toString(histogram.count()));
        }

        private void bucket(String name, String bound, long count) {
            sample(name + "_bucket", "{le=\"" + bound + "\"}", Long.toString(count));
        }

        private void head(String name, String type, String help) {
            lines.append("# HELP ").append(PREFIX).append(name).append(' ').append(help).append('\n');
            lines.append("# TYPE ").append(PREFIX).append(name).append(' ').append(type).append('\n');
        }

        private void sample(String name, String labels, String value) {
            lines.append(PREFIX).append(name).append(labels).append(' ').append(value).append('\n');
        }

        @Override
        public String toString() {
            return lines.toString();
        }
    }
}
