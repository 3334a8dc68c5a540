/// JSON as defined by [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259), read strictly and written compactly.
///
/// ```java
/// if (Json.parse(body) instanceof Json.Obj message && message.string("method").isPresent()) …
///
/// var reply = Json.obj().with("jsonrpc", "2.0").with("id", id).with("result", Json.obj());
/// ```
///
/// The reader stands between unknown clients and the application. It accepts what the grammar accepts and nothing else, in time
/// proportional to the text, to a depth of 64. It is stricter than the RFC in one point: it rejects an object that has a key twice,
/// because two parties that pick different values would read different messages.
///
/// It is lenient in one point, where the grammar allows it: it accepts an escaped surrogate without its partner, such as `"\ud83d"`.
/// JavaScript writes one whenever a string was cut in the middle of an emoji, and that is no reason to lose the message. The writer
/// emits the same escape; other conversions of such a `String` to UTF-8 yield a `?`.
package dev.mcpsession.json;
