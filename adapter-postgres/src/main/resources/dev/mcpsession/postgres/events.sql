-- The log of events: one row that numbers them, and the entries. Numbers are dense: a rolled back transaction gives its own
-- back, so a number that is missing was deleted.
create table mcp_event_head (
    k      smallint primary key default 1 check (k = 1),
    nonce  text     not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 16),
    origin text     not null default '', -- in which cluster, and as which table, the nonce is valid
    last   bigint   not null default 0
) with (fillfactor = 10);
insert into mcp_event_head default values;

create table mcp_event (
    id         bigint      primary key,
    key        uuid        not null unique,
    kind       smallint    not null, -- 0: event, 1: session ended, 2: stream taken over, 3 and 4: resource watched, no more
    session    text,
    owner      text,                 -- this and what follows are JSON texts: text alone cannot hold every character
    method     text,
    params     text,
    created_at timestamptz not null default now()
);
