/// Sessions and events in a Postgres database, shared by all replicas of a server.
///
/// [PostgresSessionStore][dev.mcpsession.postgres.PostgresSessionStore] keeps sessions in rows: an operation is one statement, and the
/// database's clock is the only one. [PostgresBroadcaster][dev.mcpsession.postgres.PostgresBroadcaster] keeps the order of events in a
/// log, which this page explains. [PostgresBackend][dev.mcpsession.postgres.PostgresBackend] opens both by a URL.
///
/// Both borrow a connection for a few transactions and give it back as it came: auto-commit mode, read-only mode, isolation level and
/// network timeout.
///
/// ## The log
///
/// ```text
///  replica A                          Postgres                                   replica B
///
///  publish ──▶ one transaction ──▶ ┌─ mcp_event_head ─────────────────────┐
///              for all that wait   │ nonce 9f0c…  life 00000001-17…       │
///                                  │ last  …1043 ─▶ …1045                 │
///                                  └──────────────────────────────────────┘
///                                  ┌─ mcp_event ──────────────────────────┐
///                                  │ …0007  a life begins, after …9381    │
///                                  │ …1042  event, to everyone            │
///                                  │ …1043  event, to one session         │  ◀── read what follows …1043 ── reader ──▶ streams
///                                  │ …1044  session 7 is taken over       │                                     ▲
///                                  │ …1045  event, to everyone            │                                     │
///                                  └──────────────────────────────────────┘                                     │
///                                    NOTIFY "…1045", every few milliseconds ──── listener: a wake-up ───────────┘
/// ```
///
/// - **Table.** Each row of `mcp_event` is one record: an event, or a control that reaches no client. Controls (a session has ended, an
///   owner was logged out, a stream is taken over, a topic was added or removed) stand between the events, so every replica applies
///   them at the same place.
/// - **Head row and numbers.** A transaction takes its numbers by updating the one row of `mcp_event_head`, so their order is the order
///   of commits. Numbers are dense: a rolled back transaction returns its own.
/// - **Lives.** A life of the server begins with a start, a promotion, or a restore of the head row, which is recognized because the row
///   names the transaction that wrote it. The first statement that finds another life begins a new one: a record that has the number of
///   this microsecond, and names the number before it. So a number is never used twice, and a number that is missing was deleted.
/// - **Continuity.** A replica that has fed or acknowledged records that a new life does not continue writes one record of the loss,
///   under a key that all replicas share. At this record each replica reports the loss, and clients get one of each signal. A start of
///   the server that lost nothing is not noticed.
/// - **Keys.** Each record has a key. When the answer to a commit is lost, the same keys are written again; those that are there
///   already are not written twice, and their numbers are returned.
/// - **Epoch.** An event's id is an epoch, which is the head's nonce, and a number. Only tables that were created again have another.
/// - **Reading.** The log is read through the same source of connections as it is written. The listening connection only wakes the
///   reader. From time to time the other source greets it; if it does not hear that, the log is polled until it hears again.
/// - **The seam.** A session's new stream writes a take-over record. The older stream, on whatever replica, delivers what stands before
///   that record, and the new one what follows: nothing is lost or delivered twice. A client that was away longer than memory
///   reaches reads the difference from the table.
/// - **The outbox.** `mcp_publish()` adds a row to `mcp_event_outbox` in the caller's transaction. After its commit, any replica moves the
///   row into the log, in one transaction. Replicas wait for each other's rows, which keeps their order. Rows of open transactions are
///   not visible, so nothing waits for them.
/// - **Retention.** The oldest records are deleted by age and number. A mark per audience remembers the newest deleted number, so a
///   client that comes back late learns of a loss only if there was an event for it.
///
/// ## What each failure looks like
///
/// | failure                                        | what happens                                                              |
/// |------------------------------------------------|---------------------------------------------------------------------------|
/// | the database is away                           | streams stay open; requests that need it fail within 3 s; `publish` waits |
/// | the answer to a commit is lost                 | `publish` tries again; when time runs out, the outcome is reported unknown |
/// | a statement waits for a lock                   | the server cancels it before the client gives up                          |
/// | notifications are not heard, for any reason    | within 10 s the replica polls the log, and logs a warning                 |
/// | the notification queue is full                 | the same; events are published without a notification                     |
/// | the server restarts, a standby takes over      | a new life; nothing else, unless acknowledged commits are missing         |
/// | acknowledged commits are missing, as after an asynchronous failover or a restore | each stream reports a loss, and gets one of each signal |
/// | the tables are created again                   | a new epoch; each stream reports a loss                                   |
/// | a replica is away longer than the log is kept  | it reports a loss to its readers                                          |
/// | a replica dies                                 | its clients resume on another one                                         |
package dev.mcpsession.postgres;
