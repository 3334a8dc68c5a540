package dev.mcpsession.reference;

import dev.mcpsession.contract.Await;
import dev.mcpsession.json.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A tab of a headless Chromium, driven over the DevTools protocol. Used by one thread.
///
/// @see <a href="https://chromedevtools.github.io/devtools-protocol/">Chrome DevTools Protocol</a>
final class Browser implements AutoCloseable {

    private static final String LISTENING = "DevTools listening on ";

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Long, CompletableFuture<Json.Obj>> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
    private final WebSocket socket;
    private final String tab;
    private long calls;

    /// @param program the browser's executable
    /// @param profile an empty directory
    Browser(Path program, Path profile) throws IOException {
        process = new ProcessBuilder(program.toString(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank").start();
        socket = http.newWebSocketBuilder().buildAsync(devTools(), new Listener()).join();
        var target = browser("Target.createTarget", Json.obj().with("url", "about:blank")).string("targetId").orElseThrow();
        tab = browser("Target.attachToTarget", Json.obj().with("targetId", target).with("flatten", true)).string("sessionId").orElseThrow();
        for (var domain : List.of("Page", "Runtime", "Log")) call(domain + ".enable", Json.obj());
    }

    /// {@return the browser of this machine, if it has one}
    static Optional<Path> installed() {
        var named = System.getProperty("page.browser", "");
        if (!named.isEmpty()) return Optional.of(Path.of(named));
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable).findFirst();
    }

    private URI devTools() throws IOException {
        var errors = process.errorReader();
        for (var line = errors.readLine(); line != null; line = errors.readLine()) {
            if (!line.startsWith(LISTENING)) continue;
            Thread.ofVirtual().start(() -> errors.lines().forEach(_ -> {})); // otherwise its pipe fills up
            return URI.create(line.substring(LISTENING.length()));
        }
        throw new IOException("the browser ended before it was ready");
    }

    /// Completes the calls that are answered, and remembers what went wrong in the page.
    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
            text.append(part);
            if (isLast) {
                received((Json.Obj) Json.parse(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        private void received(Json.Obj message) {
            var id = message.integer("id");
            if (id.isPresent()) answers.remove(id.getAsLong()).complete(message);
            var method = message.string("method").orElse("");
            if (method.equals("Runtime.exceptionThrown") || method.equals("Log.entryAdded")) troubles.add(message.toString());
        }
    }

    /// Loads a page, and waits for it.
    void open(URI uri) {
        call("Page.navigate", Json.obj().with("url", uri.toString()));
        Await.await("page loaded", () -> eval("document.readyState === 'complete' && location.href !== 'about:blank'").equals("true"));
    }

    /// {@return the value of an expression, as JSON without quotes around a string}
    String eval(String expression) {
        var answer = call("Runtime.evaluate",
                Json.obj().with("expression", expression).with("awaitPromise", true).with("returnByValue", true));
        if (answer.get("exceptionDetails").isPresent()) throw new AssertionError(expression + ": " + answer);
        var value = answer.object("result").orElseThrow().get("value").orElse(Json.NULL);
        return value instanceof Json.Str(var string) ? string : value.toString();
    }

    /// Presses and releases a key, such as `Tab` or `Enter`.
    void press(String key, int code, String text) {
        var event = Json.obj().with("key", key).with("code", key).with("windowsVirtualKeyCode", code);
        call("Input.dispatchKeyEvent", (text.isEmpty() ? event : event.with("text", text)).with("type", "keyDown"));
        call("Input.dispatchKeyEvent", event.with("type", "keyUp"));
    }

    /// Sets the size of the window, and the colours that the user prefers.
    void show(int width, int height, String colours) {
        call("Emulation.setDeviceMetricsOverride",
                Json.obj().with("width", width).with("height", height).with("deviceScaleFactor", 1).with("mobile", false));
        var feature = Json.obj().with("name", "prefers-color-scheme").with("value", colours);
        call("Emulation.setEmulatedMedia", Json.obj().with("features", Json.arr(feature)));
    }

    /// Writes a picture of the whole page.
    void picture(Path file) throws IOException {
        var answer = call("Page.captureScreenshot", Json.obj().with("format", "png").with("captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(answer.string("data").orElseThrow()));
    }

    /// {@return the exceptions, refusals and failed loads of the page so far}
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    private Json.Obj call(String method, Json.Obj params) {
        return send(Json.obj().with("sessionId", tab).with("method", method).with("params", params));
    }

    private Json.Obj browser(String method, Json.Obj params) {
        return send(Json.obj().with("method", method).with("params", params));
    }

    private Json.Obj send(Json.Obj message) {
        var answer = new CompletableFuture<Json.Obj>();
        answers.put(++calls, answer);
        socket.sendText(message.with("id", calls).toString(), true).join();
        var got = answer.orTimeout(30, TimeUnit.SECONDS).join();
        return got.object("result").orElseThrow(() -> new AssertionError(message + " got " + got));
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
