-- Partitions are few, large and made ahead: submissions and bodies by year (their ids begin with the time), events by
-- four million positions of a lane. make_partitions is safe to repeat; migrating and the clock follower run it.

CREATE FUNCTION first_id_of(day date) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT
RETURN (lpad(to_hex((extract(epoch FROM day::timestamp AT TIME ZONE 'UTC') * 1000)::bigint), 12, '0')
        || '00000000000000000000')::uuid;
COMMENT ON FUNCTION first_id_of IS 'The smallest version-7 id made on that day (UTC) or later.';

CREATE FUNCTION make_year_partition(parent text, year integer, first_year integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.%I FOR VALUES FROM (%s) TO (%L)',
        parent || '_' || year, parent,
        CASE WHEN year = first_year THEN 'MINVALUE' ELSE quote_literal(public.first_id_of(make_date(year, 1, 1))) END,
        public.first_id_of(make_date(year + 1, 1, 1)));
END $$;

CREATE FUNCTION make_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    wide constant bigint := 4194304;
    ahead constant integer := 3;
    first_year constant integer := 2026;
    this_year constant integer := extract(year FROM now() AT TIME ZONE 'UTC');
    last_part bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('onewindow.partitions'));
    FOR year IN first_year .. greatest(this_year, first_year) + ahead LOOP
        PERFORM public.make_year_partition('submission', year, first_year);
        PERFORM public.make_year_partition('body', year, first_year);
    END LOOP;
    SELECT max(head) / wide + ahead INTO last_part FROM public.lane;
    FOR part IN 0 .. last_part LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.event FOR VALUES FROM (%L) TO (%L)',
            'event_' || part, part * wide, (part + 1) * wide);
    END LOOP;
END $$;
COMMENT ON FUNCTION make_partitions IS 'Makes the partitions of the next three years and of the next positions.';

SELECT make_partitions();
