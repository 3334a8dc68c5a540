package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

class PostgresUrlTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', textBlock = """
            jdbc:postgresql://db/app                                      , jdbc:postgresql://db/app
            jdbc:postgresql://db:5433/app                                 , jdbc:postgresql://db:5433/app
            jdbc:postgresql://db:65535/app                                , jdbc:postgresql://db:65535/app
            jdbc:postgresql://db/                                         , jdbc:postgresql://db/
            jdbc:postgresql://db/?user=me                                 , jdbc:postgresql://db/
            'jdbc:postgresql://one:5432,two:5433/app?targetServerType=any', 'jdbc:postgresql://one:5432,two:5433/app'
            jdbc:postgresql://[::1]:5432/app                              , jdbc:postgresql://[::1]:5432/app
            jdbc:postgresql://db/app?user=me&password=s3cret              , jdbc:postgresql://db/app
            jdbc:postgresql://db/app?password=s3/cr@et?                   , jdbc:postgresql://db/app
            jdbc:postgresql://db/app?sslpassword=s3cret&ssl=true          , jdbc:postgresql://db/app
            """)
    void toString_anyUrl_showsHostsAndDatabaseOnly(String value, String shown) throws Exception {
        var url = new PostgresUrl(value);

        assertEquals(shown, url.toString());
        assertEquals(value, url.value());
        assertTrue(new Driver().acceptsURL(value), "what we accept, the driver accepts");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "",
            "postgresql://s3cret@db/app",
            "jdbc:mysql://s3cret/app",
            "jdbc:postgresql://",
            "jdbc:postgresql:///s3cret",
            "jdbc:postgresql://me:s3cret@db/app",
            "jdbc:postgresql://me:12345/s3cret@db/app",
            "jdbc:postgresql://db:s3cret/app",
            "jdbc:postgresql://db:0/s3cret",
            "jdbc:postgresql://db:65536/s3cret",
            "jdbc:postgresql://db:99999/s3cret",
            "jdbc:postgresql://db/app s3cret",
            " jdbc:postgresql://db/s3cret",
    })
    void new_notAUrlOrCredentialsInIt_isRejectedWithoutRepeatingIt(String value) {
        var error = assertThrows(IllegalArgumentException.class, () -> new PostgresUrl(value));

        assertFalse(error.getMessage().contains("s3cret"), error.getMessage());
    }
}
