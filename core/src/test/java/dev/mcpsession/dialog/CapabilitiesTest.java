package dev.mcpsession.dialog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitiesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}                                  | ping                   | {}                   |",
        "{}                                  | roots/list             | {}                   | roots",
        "{\"roots\":{\"listChanged\":true}}  | roots/list             | {}                   |",
        "{\"roots\":true}                    | roots/list             | {}                   | roots",
        "{\"sampling\":{}}                   | sampling/createMessage | {}                   |",
        "{\"sampling\":{}}                   | sampling/createMessage | {\"tools\":[]}       | sampling.tools",
        "{\"sampling\":{\"tools\":{}}}       | sampling/createMessage | {\"toolChoice\":{}}  |",
        "{\"elicitation\":{}}                | elicitation/create     | {}                   |",
        "{\"elicitation\":{}}                | elicitation/create     | {\"mode\":\"form\"}  |",
        "{\"elicitation\":{}}                | elicitation/create     | {\"mode\":\"url\"}   | elicitation.url",
        "{\"elicitation\":{\"url\":{}}}      | elicitation/create     | {\"mode\":\"url\"}   |",
        "{\"elicitation\":{\"url\":{}}}      | elicitation/create     | {}                   | elicitation.form",
        "{\"elicitation\":{\"form\":{}}}     | elicitation/create     | {}                   |",
        "{\"sampling\":{}}                   | elicitation/create     | {}                   | elicitation",
    })
    void missing_declared_namesTheCapability(String declared, String method, String params, String missing) {
        assertEquals(missing, Capabilities.missing((Json.Obj) Json.parse(declared), method, (Json.Obj) Json.parse(params)).orElse(null));
    }
}
