-- What customers wrote stays with their orders, where earlier versions look.
update orders set details = details || jsonb_build_object('greeting', greeting) where greeting is not null;
alter table orders drop column greeting;
