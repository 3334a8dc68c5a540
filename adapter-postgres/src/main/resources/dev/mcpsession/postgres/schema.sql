-- The tables of mcp-session. PostgresSchema.create() runs this file; where the server's role may not, somebody who may does:
--
--     psql --single-transaction --file=schema.sql
--     grant select, insert, update, delete on all tables in schema ... to ...
--
-- All names are found by the search path, so each schema of a database can hold tables of its own.

-- ---------------------------------------------------------------------------------------------------------------------
-- version: what a server asks for before anything else
-- ---------------------------------------------------------------------------------------------------------------------

create table mcp_session_schema (
    version integer not null
);

insert into mcp_session_schema values (4);

-- ---------------------------------------------------------------------------------------------------------------------
-- sessions
-- ---------------------------------------------------------------------------------------------------------------------

-- A touch changes last_active_at, expires_at and provisional. No index knows these columns, so a touch that finds space in
-- its page makes no index grow. Pages are filled less than half: all sessions of a page may be touched in one transaction.
-- Whom to look at next is told by due_at, never later than the expiry: it is left behind by touches, and moved up to the
-- expiry when a sweep finds the session alive.
--
-- Texts that others chose are escaped as within a JSON string, because a text of Postgres cannot hold every character.
-- Stores of several kinds share the table, and each sees its own rows alone.
--
-- Each value in state is the text of a JSON value: (state ->> 'key')::jsonb.
create table mcp_session (
    id               text collate "C" not null,
    kind             text collate "C" not null default 'session',
    owner            text collate "C" not null, -- empty: anonymous
    protocol_version text not null,
    client_name      text not null,
    capabilities     text not null,
    created_at       timestamptz not null,
    last_active_at   timestamptz not null,
    expires_at       timestamptz not null,
    provisional      boolean not null default true,
    state            jsonb not null default '{}',
    state_version    bigint not null default 0,
    ended            boolean not null default false, -- its end was noticed; kept because its owner may revive it
    due_at           timestamptz not null,
    primary key (id, kind)
) with (fillfactor = 45);

create index mcp_session_owner on mcp_session using hash (owner) where owner <> '';
create index mcp_session_due on mcp_session (kind, due_at) where not ended;
create index mcp_session_due_ended on mcp_session (kind, due_at) where ended;

-- How large a state is when it is written as JSON without spaces.
create function mcp_session_state_bytes(state jsonb) returns bigint
language sql immutable strict parallel safe as $$
    select 1 + coalesce(sum(octet_length(key) + octet_length(value) + length('"":,')), 1) from jsonb_each_text(state)
$$;

-- How many rows of each kind mcp_session has: the sum of its slots. A create adds one in the slot of its own connection, so creates
-- wait for no other. After rows were inserted by hand:
--
--     delete from mcp_session_total;
--     insert into mcp_session_total select kind, 0, count(*) from mcp_session group by kind;
create table mcp_session_total (
    kind text collate "C" not null,
    slot integer not null,
    held bigint not null,
    primary key (kind, slot)
) with (fillfactor = 10);

create function mcp_session_slot() returns integer
language sql stable parallel safe as $$ select pg_backend_pid() % 32 $$;

create function mcp_session_counted() returns trigger
language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        update mcp_session_total set held = 0;
        return null;
    end if;
    insert into mcp_session_total as total (kind, slot, held)
        select kind, mcp_session_slot(), -count(*) from removed group by kind order by kind
        on conflict (kind, slot) do update set held = total.held + excluded.held;
    return null;
end
$$;

create trigger mcp_session_removed after delete on mcp_session
    referencing old table as removed for each statement execute function mcp_session_counted();
create trigger mcp_session_truncated after truncate on mcp_session
    for each statement execute function mcp_session_counted();

-- ---------------------------------------------------------------------------------------------------------------------
-- events
-- ---------------------------------------------------------------------------------------------------------------------

-- The log of events: the records, and one row that numbers them. Numbers are dense within one life of the server, which begins with
-- a start, a promotion, or a restore of the head row. The first record of a life has the number of that moment's microseconds, and
-- names the number before it. So a number is never used twice, and a number that is missing was deleted.
create table mcp_event_head (
    k      smallint primary key default 1 check (k = 1),
    nonce  text     not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 16), -- the epoch of all numbers
    last   bigint   not null default 0,
    life   text     not null default '',
    writer xid      not null default '0' -- the transaction that wrote this row; if it is not the row's xmin, the row was restored
) with (fillfactor = 10);
insert into mcp_event_head default values;

create table mcp_event (
    id         bigint      primary key,
    key        uuid        not null unique,
    kind       smallint    not null, -- 0: event, 1: sessions ended (in params), 2: stream taken over, 3: topic added, 4: topic removed,
                                     -- 5: owner ended, 6: a client's message for another replica (in params),
                                     -- 7: a life begins (after the number in params), 8: records were lost
    session    text,
    owner      text,                 -- this and what follows are JSON texts: text alone cannot hold every character
    method     text,                 -- of an event about a thing of a topic: [method, key]
    params     text,
    created_at timestamptz not null default now()
);

-- The newest deleted number for each audience, so that a loss is reported only to a client for which there was something. The audience
-- is l (everyone: a list has changed), m (everyone: a message), u and a thing of a topic, such as a resource, s and a session, o and
-- an owner; a letter alone is any of its kind, u* any thing, and . everything that was deleted.
create table mcp_event_gone (
    audience text collate "C" primary key,
    last     bigint not null,
    at       timestamptz not null -- when that was published
);

-- Events that an application publishes inside its own transaction. A replica moves them into the log after the commit.
create table mcp_event_outbox (
    id      bigint generated always as identity primary key,
    key     uuid not null default gen_random_uuid(),
    session text,
    owner   text,
    method  text not null,
    params  text not null
);

-- Publishes an event if the calling transaction commits: to everyone, to a session, or to an owner (Owner.value()). An event about a
-- thing of a topic names the thing; for an updated resource that is its uri.
create function mcp_publish(
    method text, params json default '{}', session text default null, owner text default null, thing text default null
) returns void
language plpgsql
set search_path from current
as $$
declare
    about text := coalesce(thing, case method when 'notifications/resources/updated' then params ->> 'uri' end);
begin
    if method is null or length(method) not between 1 and 256 then
        raise exception 'method must have 1 to 256 characters: %', length(method) using errcode = '22023';
    elsif json_typeof(params) is distinct from 'object' then
        raise exception 'params must be an object: %', json_typeof(params) using errcode = '22023';
    elsif octet_length(params::text) > 1000000 then
        raise exception 'params must be at most 1000000 bytes: %', octet_length(params::text) using errcode = '22023';
    elsif num_nonnulls(session, owner) > 1 then
        raise exception 'event must be to a session or to an owner, not both' using errcode = '22023';
    end if;
    insert into mcp_event_outbox (session, owner, method, params) values (
        session, to_json(owner)::text,
        case when about is null then to_json(method)::text else '[' || to_json(method) || ',' || to_json(about) || ']' end,
        params::text);
    perform pg_notify('mcp_event_' || 'mcp_event_head'::regclass::oid, 'outbox');
end
$$;
