package dev.mcpsession.reference;

import dev.mcpsession.json.Json;

/// Content shared by tools, prompts and resources.
final class Content {

    /// A PNG of one red pixel.
    static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

    /// A WAV without samples.
    static final String WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

    private Content() {}

    static Json.Obj image() {
        return Json.obj().with("type", "image").with("data", PNG).with("mimeType", "image/png");
    }

    static Json.Obj audio() {
        return Json.obj().with("type", "audio").with("data", WAV).with("mimeType", "audio/wav");
    }

    static Json.Obj resource(String uri, String mimeType, String text) {
        return Json.obj().with("type", "resource").with("resource", textResource(uri, mimeType, text));
    }

    static Json.Obj textResource(String uri, String mimeType, String text) {
        return Json.obj().with("uri", uri).with("mimeType", mimeType).with("text", text);
    }
}
