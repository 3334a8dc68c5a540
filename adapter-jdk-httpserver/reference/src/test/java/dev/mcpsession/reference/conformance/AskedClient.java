package dev.mcpsession.reference.conformance;

import static dev.mcpsession.reference.conformance.Stage.requireEqual;

import dev.mcpsession.json.Json;
import java.io.IOException;

/// A client whose user confirms whatever a tool asks. Used by one thread.
record AskedClient(Stage stage) {

    private static final int ASKS = 20;

    static void play(Stage stage, Clients.Checks checks) {
        var client = new AskedClient(stage);
        checks.check("connects", client::connects);
        checks.check("is asked during its calls, and answers", client::isAsked);
    }

    private void connects() throws IOException, InterruptedException {
        requireEqual("2025-11-25", stage.connect(Json.obj().with("mode", "legacy")));
    }

    private void isAsked() throws IOException, InterruptedException {
        for (var n = 0; n < ASKS; n++) {
            requireEqual("confirmed: no. " + n, stage.call("confirm", Json.obj().with("text", "no. " + n)));
        }
    }
}
