package dev.mcpsession.contract;

/// What every [dev.mcpsession.event.Broadcaster] promises. A broadcaster is tested by a class that implements this
/// interface.
public interface BroadcasterContract
        extends BroadcasterPublishContract,
                BroadcasterSubscribeContract,
                BroadcasterCloseContract,
                BroadcasterLagContract,
                BroadcasterLossContract,
                BroadcasterSessionContract,
                BroadcasterEndContract,
                BroadcasterResumeContract,
                BroadcasterResourceContract,
                BroadcasterTopicContract,
                BroadcasterRecentContract,
                BroadcasterHeartbeatContract,
                BroadcasterStatsContract {}
