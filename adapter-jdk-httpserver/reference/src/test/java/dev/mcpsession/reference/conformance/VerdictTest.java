package dev.mcpsession.reference.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VerdictTest {

    private static final Check SUCCESS = new Check("ping", Check.Status.SUCCESS, "answers");
    private static final Check INFO = new Check("incoming-response", Check.Status.INFO, "200");
    private static final Check SCHEMA_SUCCESS = new Check("wire-schema-valid", Check.Status.SUCCESS, "valid");
    private static final Check SCHEMA_FAILURE = new Check("wire-schema-valid", Check.Status.FAILURE, "invalid");

    @Test
    void of_successes_passes() {
        assertEquals(new Verdict.Passed(2), Verdict.of(0, List.of(SUCCESS, INFO, SUCCESS, SCHEMA_SUCCESS)));
    }

    @Test
    void of_noCheckOfItsOwn_fails() {
        var failed = new Verdict.Failed(List.of("ran no check of its own; exit status 0"));

        assertEquals(failed, Verdict.of(0, List.of()));
        assertEquals(failed, Verdict.of(0, List.of(INFO, SCHEMA_SUCCESS)));
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILURE", "WARNING", "SKIPPED"})
    void of_anythingShortOfSuccess_fails(Check.Status status) {
        var check = new Check("ping", status, "no answer");

        assertEquals(new Verdict.Failed(List.of(status + " ping: no answer")), Verdict.of(0, List.of(SUCCESS, check)));
    }

    @Test
    void of_messageAgainstSchema_fails() {
        var failed = new Verdict.Failed(List.of("FAILURE wire-schema-valid: invalid"));

        assertEquals(failed, Verdict.of(1, List.of(SUCCESS, SCHEMA_FAILURE)));
    }

    @Test
    void of_exitStatus_fails() {
        assertEquals(new Verdict.Failed(List.of("exit status 1")), Verdict.of(1, List.of(SUCCESS)));
    }

    @Test
    void parse_suitesFile_isTheChecks() {
        var json = """
                [{"id": "a", "name": "A", "description": "does", "status": "SUCCESS", "specReferences": [], "details": {"x": 1}},
                 {"id": "b", "name": "B", "description": "does", "status": "FAILURE", "errorMessage": "does not"}]""";

        assertEquals(List.of(new Check("a", Check.Status.SUCCESS, "does"), new Check("b", Check.Status.FAILURE, "does not")),
                Check.parse(json.getBytes(UTF_8)));
    }
}
