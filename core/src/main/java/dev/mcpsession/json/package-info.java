/// JSON as [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259) has it, read strictly and written compactly.
///
/// ```java
/// if (Json.parse(body) instanceof Json.Obj message && message.string("method").isPresent()) …
///
/// var reply = Json.obj().with("jsonrpc", "2.0").with("id", id).with("result", Json.obj());
/// ```
///
/// The reader stands between strangers and the application. It accepts what the grammar accepts and nothing else, in
/// time proportional to the text, to a depth of 64; and it is stricter than the RFC asks in one point: an object that
/// has a key twice is rejected, because two parties that pick different ones of the two values would be reading
/// different messages.
///
/// It has one leniency the grammar grants and that is worth knowing: an escaped surrogate without its partner, such as
/// `"\ud83d"`, is accepted. JavaScript writes one whenever a string was cut in the middle of an emoji, and that is no
/// reason to lose the message. It is written back as the same escape; whoever turns such a `String` into UTF-8 by
/// other means gets a `?`.
package dev.mcpsession.json;
