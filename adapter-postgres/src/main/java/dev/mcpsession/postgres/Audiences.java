package dev.mcpsession.postgres;

import dev.mcpsession.event.EventFilter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Whom an event of the log is for: everyone (a list that changed, a message), the subscribers of a thing of a topic, a session or an owner.
/// The first letter of an audience is its kind. Audiences whose long names begin alike share one.
final class Audiences {

    static final String OF_EVENT = """
            case when session is not null then 's' || left(session, 500) when owner is not null then 'o' || left(owner, 500)
                when left(method, 1) = '[' then 'u' || left(method, 500)
                when right(method, 14) = '/list_changed"' then 'l'
                else 'm' end""";
    static final String ANY_THING = "u*"; // of whatever topic
    static final String ALL_GONE = "."; // up to where retention has deleted

    private Audiences() {}

    /// {@return the audiences to which a reader belongs, as one value of a statement}
    static Object of(Statements on, EventFilter filter) throws SQLException {
        var wanted = new ArrayList<>(List.of("l", "m"));
        filter.namedTopics().ifPresentOrElse(
                keys -> keys.forEach(key -> want(wanted, "u", RecordColumns.textOf(key))), () -> wanted.add(ANY_THING));
        filter.session().ifPresent(session -> want(wanted, "s", session.value()));
        if (!filter.owner().isAnonymous()) want(wanted, "o", RecordColumns.textOf(filter.owner()));
        return on.array("text", wanted, audience -> audience);
    }

    /// Adds an audience, and the merged mark of its kind.
    private static void want(List<String> wanted, String kind, String name) {
        wanted.add(kind + beginning(name));
        wanted.add(kind);
    }

    /// As many characters as the server's `left` takes, which counts code points.
    private static String beginning(String text) {
        return text.codePointCount(0, text.length()) <= 500 ? text : text.substring(0, text.offsetByCodePoints(0, 500));
    }
}
