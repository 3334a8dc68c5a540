package dev.mcpsession.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.http.Decision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/// Returns the operator's page, one file that loads nothing. A browser runs only the script that is in it.
final class PageEndpoint implements GuardedEndpoint.Endpoint {

    private final Decision.Reply page;

    PageEndpoint() {
        try (var file = PageEndpoint.class.getResourceAsStream("page.html")) {
            var html = file.readAllBytes();
            page = new Decision.Reply(200, headers(new String(html, UTF_8)), html);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> headers(String html) {
        var policy = "default-src 'none'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"
                + sha256(html.substring(html.indexOf("<script>") + 8, html.indexOf("</script>")))
                + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return Map.of("Content-Type", "text/html; charset=utf-8", "Content-Security-Policy", policy,
                "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer", "Cache-Control", "no-cache");
    }

    private static String sha256(String text) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public Decision.Reply answer(GuardedEndpoint.Use use) {
        return page;
    }
}
