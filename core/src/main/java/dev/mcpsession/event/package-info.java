/// Server push: events, the one order they have, and how they reach thousands of readers.
///
/// [Broadcaster][dev.mcpsession.event.Broadcaster] is the port and says what every implementation promises;
/// [StripedBroadcaster][dev.mcpsession.broadcast.StripedBroadcaster] keeps everything in memory.
///
/// ```text
/// publish(Event)
///    encode once, append to the log, tell the inboxes of addressees     one short lock
///    addressed, or about one thing of a topic? wake its readers         O(addressees)
///    else each stripe: take the list of those who wait, wake one        O(stripes)
///         that leader wakes the rest of its list, then reads on
/// Subscription.next()
///    cursor and inbox, merged by position: Next | Lagged | Idle | Closed
/// ```
package dev.mcpsession.event;
