alter table orders add column greeting text;
