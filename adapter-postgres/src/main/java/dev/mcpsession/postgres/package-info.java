/// Sessions and events in a Postgres database, shared by all replicas of a server.
///
/// [PostgresSessionStore][dev.mcpsession.postgres.PostgresSessionStore] keeps sessions in rows: an operation is one statement, and the
/// database's clock is the only one. [PostgresBroadcaster][dev.mcpsession.postgres.PostgresBroadcaster] keeps the order of events in a
/// log, which this page explains. [PostgresBackend][dev.mcpsession.postgres.PostgresBackend] opens both by a URL.
///
/// Both borrow a connection for one transaction and give it back as it came: auto-commit mode, read-only mode and network timeout. Its
/// isolation level must be "read committed".
///
/// ## The log
///
/// ```text
///  replica A                          Postgres                                   replica B
///
///  publish ──▶ one transaction ──▶ ┌─ mcp_event_head ─────────────────┐
///              for all that wait   │ nonce  9f0c…    last  1043 ─▶1045 │
///                                  └──────────────────────────────────┘
///                                  ┌─ mcp_event ──────────────────────┐
///                                  │ 1042  event, to everyone         │
///                                  │ 1043  event, to one session      │  ◀── read what follows 1043 ── tail ──▶ readers
///                                  │ 1044  session 7 is taken over    │            ▲
///                                  │ 1045  event, to everyone         │            │
///                                  └──────────────────────────────────┘            │
///                                    NOTIFY "1045" ───────── a wake-up ────────────┘
/// ```
///
/// - **Table.** Each row of `mcp_event` is one record: an event, or a control that reaches no client. Controls (a session has ended, an
///   owner was logged out, a stream is taken over, a topic was added or removed) stand between the events, so every replica applies
///   them at the same place.
/// - **Head row and numbers.** A transaction takes its numbers by updating the one row of `mcp_event_head`, so their order is the order
///   of commits. Numbers are dense: a rolled back transaction returns its own. A number that is missing was deleted, and a replica
///   that comes upon a gap reports a loss.
/// - **Keys.** Each record has a key. When the answer to a commit is lost, the same keys are written again; those that are there
///   already are not written twice, and their numbers are returned.
/// - **Epoch.** An event's id is an epoch and a number. The epoch is the head's nonce and the server's timeline. A log that was
///   recreated, copied, or put back to an older state gets a new nonce; a standby that takes over has a new timeline, because it may lack
///   commits. In both cases streams heal: each client gets the newest signal of each kind, or learns that a message may be lost.
/// - **Reading.** Each replica sends LISTEN on a connection of its own, then reads from where it was. A notification carries only a number;
///   events are read from the table. A lost notification costs one heartbeat.
/// - **The seam.** A session's new stream writes a take-over record. The older stream, on whatever replica, delivers what stands before
///   that record, and the new one what follows: nothing is lost or delivered twice. A client that was away longer than memory
///   reaches reads the difference from the table.
/// - **Retention.** The oldest records are deleted by age and number. A mark per audience remembers the newest deleted number, so a
///   client that comes back late learns of a loss only if there was an event for it.
///
/// ## What each failure looks like
///
/// | failure                                        | what happens                                                              |
/// |------------------------------------------------|---------------------------------------------------------------------------|
/// | the database is away                           | streams stay open; requests that need it fail within 3 s; `publish` waits |
/// | the answer to a commit is lost                 | `publish` tries again; when time runs out, the outcome is reported unknown |
/// | a network drops everything silently            | the heartbeat's read is not answered; the replica connects again          |
/// | a statement waits for a lock                   | the server cancels it before the client gives up                          |
/// | notifications do not arrive, as behind a transaction pooler | within 10 s the replica polls the log, and logs a warning    |
/// | a standby is promoted, a dump is restored      | a new epoch; streams heal                                                 |
/// | a replica is away longer than the log is kept  | it reports a loss to its readers                                          |
/// | a replica dies                                 | its clients resume on another one                                         |
/// | the notification queue is full                 | publishing fails, and says so                                             |
package dev.mcpsession.postgres;
