create table orders (id text primary key, details jsonb not null);
