package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlFailureTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            3D000 | database must exist: M (3D000)
            57P04 | database must exist: M (57P04)
            3F000 | search path must lead to a schema that exists, by currentSchema in the URL or by the role's search_path: M (3F000)
            42501 | role must have the rights that schema.sql names: M (42501)
            42P01 | database must have the tables of schema.sql, version {version}: run it, or PostgresSchema.create: M (42P01)
            57014 | database must answer in time: M (57014)
            55P03 | database must answer in time: M (55P03)
            25P04 | database must answer in time: M (25P04)
            53100 | server must have space on its disk: M (53100)
            53200 | server must have memory to spare: M (53200)
            57P03 | database must be up: M (57P03)
            57P05 | connection must last: M (57P05)
            08006 | connection must last: M (08006)
            08001 | database must be reachable: M (08001)
            08P01 | server, or the pooler before it, must serve the connection: M (08P01)
            40P01 | M (40P01)
            """)
    void reason_state_saysTheRuleThatIsBroken(String state, String reason) {
        var failure = SqlFailure.of(new SQLException("M\nmore", state));

        assertEquals(reason.replace("{version}", "" + PostgresSchema.VERSION), failure.reason());
    }

    @ParameterizedTest
    @CsvSource({"28000", "28P01", "53300"})
    void during_login_repeatsNothingThatTheServerSaid(String state) {
        var error = SqlFailure.during("find", new SQLException("the role ann", state));

        assertFalse(error.getMessage().contains("ann"), error.getMessage());
        assertNull(error.getCause());
    }

    @Test
    void of_wrappedByAPool_isWhatTheDriverSaid() {
        var told = new SQLException("no schema has been selected to create in", "3F000");

        assertEquals("3F000", SqlFailure.of(new SQLException("pool", told)).state());
        assertSame(told, SqlFailure.during("create", told).getCause());
    }

    @ParameterizedTest
    @CsvSource({"08006, true, true", "57P01, true, true", "25P04, true, true", "40P01, false, true", "55P03, false, true",
        "53300, false, true", "57014, false, true", "25006, false, true", "3F000, false, false", "42501, false, false"})
    void isPassing_state_isWhatMayBeOtherwiseInAMoment(String state, boolean isDisconnect, boolean isPassing) {
        var failure = SqlFailure.of(new SQLException("", state));

        assertEquals(isDisconnect, failure.isDisconnect());
        assertEquals(isPassing, failure.isPassing());
    }
}
