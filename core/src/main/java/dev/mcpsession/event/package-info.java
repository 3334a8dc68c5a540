/// Events, and the ports through which they are published and read.
///
/// An application publishes through [EventPublisher][dev.mcpsession.event.EventPublisher]; an adapter subscribes through
/// [Broadcaster][dev.mcpsession.event.Broadcaster].
///
/// ## Glossary
///
/// | word         | meaning                                                                                             |
/// |--------------|-----------------------------------------------------------------------------------------------------|
/// | event        | a notification for clients, with its audience                                                       |
/// | signal       | an event that prompts clients to look again; a newer one replaces an older one with the same key    |
/// | message      | any other event; nothing replaces it                                                                |
/// | record       | what a log holds at one number: an event, or a control that reaches no client                       |
/// | relay        | to send what a client sent in a session to all replicas, for the one that waits for it              |
/// | sequence     | the number in an event's id                                                                         |
/// | epoch        | a numbering; a new one begins when the old one is lost                                              |
/// | position     | a place in the order of everything, across epochs; on the wire, the id of the last event seen       |
/// | ordinal      | the number of an entry within one ring                                                              |
/// | cursor       | the ordinal up to which a reader has read                                                           |
/// | lag          | reading so slowly, or resuming so late, that wanted events are gone                                 |
/// | loss         | wanted events that left memory unread                                                               |
/// | healing      | delivering the newest signal of each lost key                                                       |
/// | topic, thing | a kind of thing, such as resources; and one of them, which a subscription names                     |
/// | listen       | a `subscriptions/listen` request of 2026-07-28, and the stream that answers it                      |
package dev.mcpsession.event;
