package dev.mcpsession.event;

/// What a newer signal replaces. A signal for the sessions of one owner is another one than the same signal for everyone.
///
/// @param audience whom it is for
/// @param method   its method
/// @param uri      the resource that was updated; null if it is about no resource
record SignalKey(Audience audience, String method, String uri) {

    private static final Audience EVERYONE = new Audience.Everyone();

    static SignalKey forEveryone(String method) {
        return new SignalKey(EVERYONE, method, null);
    }

    static SignalKey updated(String uri) {
        return new SignalKey(EVERYONE, Event.RESOURCE_UPDATED, uri);
    }
}
