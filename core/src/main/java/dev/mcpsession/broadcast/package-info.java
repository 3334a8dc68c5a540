/// The implementation of [Broadcaster][dev.mcpsession.event.Broadcaster]: one bounded log, in which a subscription is a cursor.
///
/// ```text
/// publish(Event)
///    encode once, append to the log, add to the inboxes of addressees   one short lock
///    addressed, or about one thing of a topic? wake its readers         O(addressees)
///    else each stripe: take the list of those that wait, wake one       O(stripes)
///         that leader wakes the rest of its list, then reads on
/// Subscription.next()
///    cursor and inbox, merged by position: Next | Lagged | Idle | Closed
/// ```
///
/// [StripedBroadcaster][dev.mcpsession.broadcast.StripedBroadcaster] numbers its events itself, unless a log that is numbered and kept
/// elsewhere feeds it through [LogFeed][dev.mcpsession.broadcast.LogFeed].
package dev.mcpsession.broadcast;
