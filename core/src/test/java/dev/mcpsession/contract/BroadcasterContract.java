package dev.mcpsession.contract;

/// The promises of every [dev.mcpsession.event.Broadcaster]. Its test class implements this interface.
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
                BroadcasterRelayContract,
                BroadcasterStatsContract {}
