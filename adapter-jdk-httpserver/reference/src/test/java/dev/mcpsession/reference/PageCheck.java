package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.Await;
import dev.mcpsession.contract.Messages;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Uses the operator's page in a real browser against a running server: it shows what clients do, and its buttons do what they say. Leaves
/// pictures in the working directory. Exit status 1: a check failed; 2: there is no browser.
final class PageCheck {

    private final RunningServer server;
    private final Browser browser;

    private PageCheck(RunningServer server, Browser browser) {
        this.server = server;
        this.browser = browser;
    }

    /// One check.
    private interface Step {

        void run() throws Exception;
    }

    /// Runs all checks.
    ///
    /// @param args none
    static void main(String... args) throws Exception {
        var program = Browser.installed();
        if (program.isEmpty()) {
            System.err.println("a browser must be installed (apt-get install chromium), or named by -Dpage.browser=/path/to/chromium");
            System.exit(2);
        }
        var profile = Files.createTempDirectory("page-browser");
        try (var server = RunningServer.inMemory(); var browser = new Browser(program.orElseThrow(), profile)) {
            var page = new PageCheck(server, browser);
            page.check("loads without a complaint", page::loads);
            page.check("shows a client's stream and events", page::showsAClient);
            page.check("is readable light, dark, wide and narrow", page::isReadable);
            page.check("publishes, if confirmed", page::publishes);
            page.check("can be used with the keyboard alone", page::worksByKeyboard);
            page.check("ends one session", page::endsASession);
            page.check("lists and logs out an owner", page::logsOut);
            page.check("says what went wrong", page::showsErrors);
            showsThatTheStoreIsAway(browser);
            page.check("drains, and shows that it is not ready", page::drains);
            page.check("shows that the server is gone", page::showsThatItIsGone);
        } catch (Exception | AssertionError e) {
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private void check(String what, Step step) throws Exception {
        var start = System.nanoTime();
        step.run();
        System.out.printf("  passed   %s (%d ms)%n", what, Duration.ofNanos(System.nanoTime() - start).toMillis());
    }

    private String text(String id) {
        return browser.eval("document.getElementById('" + id + "').textContent");
    }

    private void awaitText(String id, String expected) {
        Await.await(() -> id + " to be " + expected + " and not " + text(id), RunningServer.PATIENCE, () -> text(id).matches(expected));
    }

    private void click(String element) {
        browser.eval(element + ".click()");
    }

    /// Clicks, answers the question that appears, and waits for what the page says to that.
    private void confirm(String element, String answer) {
        click(element);
        assertEquals("true", browser.eval("document.getElementById('ask').open"));
        click("document.getElementById('sure')");
        awaitText("answer", answer);
    }

    private static String buttonOf(String table, String text) {
        return "[...document.querySelectorAll('#" + table + " button')].find(each => each.textContent.startsWith('" + text + "'))";
    }

    private String initialize(String token) throws Exception {
        var request = HttpRequest.newBuilder(server.uri("/mcp")).header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.ofString(Messages.initialize("2025-06-18")));
        return server.send(request).headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private EventReader stream(String token, String session) throws Exception {
        return server.stream(HttpRequest.newBuilder(server.uri("/mcp")).header("Mcp-Session-Id", session)
                .header("Authorization", "Bearer " + token).header("Accept", "text/event-stream"));
    }

    private void loads() {
        browser.show(1280, 1000, "light");
        browser.open(server.uri("/"));
        awaitText("state", "ready");
        awaitText("streams", "0");
        assertEquals("true", browser.eval("document.querySelectorAll('script[src], link[rel=stylesheet], img').length === 0"));
        assertEquals(List.of(), browser.troubles());
    }

    private void showsAClient() throws Exception {
        var session = server.initialize("2025-06-18");
        var stream = server.stream(session);
        stream.next();
        var opened = System.nanoTime();
        awaitText("streams", "1");
        System.out.println("           seen after " + Duration.ofNanos(System.nanoTime() - opened).toMillis() + " ms");
        for (var i = 0; i < 3; i++) server.publish("{\"method\":\"notifications/tools/list_changed\"}");
        awaitText("published", "3");
        awaitText("deliveredMore", "3 delivered");
        awaitText("lag", "≤ .* ms");
        assertEquals("1", browser.eval("document.getElementById('slowest').tBodies[0].rows.length"));
        server.delete(session);
        awaitText("streams", "0");
        awaitText("causes", ".*1 session ended");
        assertTrue(browser.eval("document.getElementById('ends').getAttribute('aria-label')").contains("1 by the server"));
    }

    private void isReadable() throws IOException {
        for (var colours : List.of("light", "dark")) {
            for (var width : List.of(1280, 360)) {
                browser.show(width, 1000, colours);
                browser.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
                assertEquals("true", browser.eval("document.documentElement.scrollWidth <= " + width), colours + width);
                browser.picture(Path.of(colours + "-" + width + ".png"));
            }
        }
        var background = "getComputedStyle(document.body).backgroundColor";
        assertEquals("rgb(19, 19, 18)", browser.eval(background));
        browser.show(1280, 1000, "light");
        assertEquals("rgb(245, 245, 242)", browser.eval(background));
    }

    private void publishes() throws Exception {
        var stream = server.stream(server.initialize("2025-06-18"));
        stream.next();
        browser.eval("document.getElementById('method').value = 'notifications/test'");
        browser.eval("document.getElementById('params').value = '{\"a\": 1}'");
        click("document.querySelector('#publish button')");
        click("document.querySelector('#ask button')"); // no
        assertEquals("false", browser.eval("document.getElementById('ask').open"));
        confirm("document.querySelector('#publish button')", "Published as mcps-.*");
        assertTrue(stream.next().contains("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/test\",\"params\":{\"a\":1}}"));
        awaitText("published", "4");
    }

    /// Escape answers no; Tab and Enter answer yes. The rows are updated each second, and the focus stays.
    private void worksByKeyboard() throws Exception {
        awaitText("streams", "1");
        browser.eval(buttonOf("slowest", "End session") + ".focus()");
        browser.press("Enter", 13, "\r");
        assertEquals("true", browser.eval("document.getElementById('ask').open"));
        browser.press("Escape", 27, "");
        Await.await("dialog closed", () -> browser.eval("document.getElementById('ask').open").equals("false"));
        var polled = "samples.length > " + browser.eval("samples.length") + " || samples.length > 300";
        Await.await("a poll", () -> browser.eval("(" + polled + ") && true").equals("true"));
        assertTrue(browser.eval("document.activeElement.textContent").startsWith("End session"));
        browser.press("Enter", 13, "\r");
        assertEquals("Cancel", browser.eval("document.activeElement.textContent"));
        browser.press("Tab", 9, "");
        browser.press("Enter", 13, "\r");
        awaitText("answer", "Ended session .*");
        awaitText("streams", "0");
    }

    private void endsASession() throws Exception {
        var session = server.initialize("2025-06-18");
        var stream = server.stream(session);
        stream.next();
        awaitText("streams", "1");
        confirm(buttonOf("slowest", "End session"), "Ended session " + session.substring(0, 4) + "…");
        assertEquals(EventReader.END, stream.next());
        assertEquals(404, server.post(session, Messages.callTool("whoami", "{}")).statusCode());
        awaitText("streams", "0");
    }

    private void logsOut() throws Exception {
        var first = initialize("alice's");
        initialize("alice's");
        var stream = stream("alice's", first);
        stream.next();
        awaitText("streams", "1");
        browser.eval("document.getElementById('owner').value = document.querySelector('#slowest [data-name=owner]').textContent");
        click("document.querySelector('#find button')");
        awaitText("found", "2 sessions");
        browser.picture(Path.of("owner-1280.png"));
        confirm("document.getElementById('logOut')", "Logged out token:[0-9a-f]{8}: 2 sessions");
        assertEquals(EventReader.END, stream.next());
        awaitText("streams", "0");
    }

    private void showsErrors() {
        browser.eval("document.getElementById('owner').value = 'token:00000000'");
        click("document.querySelector('#find button')");
        awaitText("answer", "Not listed: owner must have .*");
        browser.eval("document.getElementById('params').value = '{'");
        click("document.querySelector('#publish button')");
        awaitText("answer", "Params must be JSON: .*");
    }

    private void drains() throws Exception {
        browser.open(server.uri("/"));
        var stream = server.stream(server.initialize("2025-06-18"));
        stream.next();
        awaitText("streams", "1");
        assertEquals(200, server.send(HttpRequest.newBuilder(server.uri("/ready"))).statusCode());
        confirm("document.getElementById('drain')", "1 streams are ending");
        assertTrue(stream.next().startsWith("retry: "));
        awaitText("state", "not ready: draining");
        assertEquals(503, server.send(HttpRequest.newBuilder(server.uri("/ready"))).statusCode());
        assertEquals(200, server.send(HttpRequest.newBuilder(server.uri("/live"))).statusCode());
    }

    private static void showsThatTheStoreIsAway(Browser browser) throws Exception {
        var database = new FailingBackend();
        var policy = SessionPolicy.builder().ttl(Duration.ofSeconds(20)).build(); // a tick each second
        try (var server = RunningServer.replicas(database.open(policy))) {
            var page = new PageCheck(server, browser);
            page.check("shows that the store is away, and works again with it", () -> page.survives(database));
        }
    }

    private void survives(FailingBackend database) throws Exception {
        browser.open(server.uri(Operator.STATUS).resolve("/"));
        var stream = server.stream(server.initialize("2025-06-18"));
        stream.next();
        awaitText("state", "ready");
        awaitText("streams", "1");

        database.setAway(true);
        awaitText("state", "not ready: the store does not answer");
        awaitText("storeMore", ".*[1-9][0-9]* count.*");
        browser.eval("document.getElementById('owner').value = 'anonymous'");
        click("document.querySelector('#find button')");
        awaitText("answer", "Not listed: database must be reachable.*");
        browser.picture(Path.of("away-1280.png"));
        assertEquals("1", text("streams"));

        database.setAway(false);
        awaitText("state", "ready");
        click("document.querySelector('#find button')");
        awaitText("found", "1 sessions?");
        server.publish("{\"method\":\"notifications/test\"}");
        assertTrue(stream.next().contains("notifications/test"));
    }

    private void showsThatItIsGone() {
        server.close();
        awaitText("state", "no answer from the server");
    }
}
