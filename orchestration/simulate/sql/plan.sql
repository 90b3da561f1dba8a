-- The life of every dossier, one row each, in order of receipt.
--
-- Times are drawn on the working timeline (working day x 28,800 + second of work, see calendar.py) and turned
-- into moments at the end. A dossier has one story; the events of a story always come in this order:
--   1 submitted, 2 received, 4a, 4b handled, then its own events, 4c signed, 9 done, 10 returned.

create macro moment_of(w) as make_timestamp(1000000 * (
    getvariable('day_starts')[w // 28800 + 1]
    + case when w % 28800 < 16200 then 25200 + w % 28800 else 48600 + w % 28800 - 16200 end
));

create table subject as
select
    number as id,
    case
        when number <= getvariable('n_now') then 'now'
        when number <= getvariable('n_now') + getvariable('n_after') then 'after'
        when number <= getvariable('n_now') + getvariable('n_after') + getvariable('n_turned') then 'turned'
        when number <= getvariable('n_now') + getvariable('n_after') + getvariable('n_turned')
            + getvariable('n_stock') then 'stock'
        else 'reopened'
    end as phase,
from range(
    1,
    getvariable('n_now') + getvariable('n_after') + getvariable('n_turned') + getvariable('n_stock')
    + getvariable('n_reopened') + 1
) as numbers (number);

-- Stock is drawn by volume times duration: what takes long is what is open.
create table routed as
with

arriving as (
    select
        subject.*,
        pick(id, 'route', getvariable('route_total')) as drawn,
    from subject
    where phase in ('now', 'after', 'turned')
),

standing as (
    select
        subject.*,
        pick(id, 'route', getvariable('stock_total')) as drawn,
    from subject
    where phase in ('stock', 'reopened')
)

select arriving.id, arriving.phase, route.* exclude (from_weight, weight)
from arriving
asof join route on arriving.drawn >= route.from_weight
union all
select standing.id, standing.phase, route_stock.* exclude (from_weight, weight)
from standing
asof join route_stock on standing.drawn >= route_stock.from_weight;

-- Receipt, and the due date that the procedure gives it.
create table received as
with

drawn as (
    select
        *,
        case when phase = 'after' then 'after' else 'now' end as day_phase,
        pick(id, 'day', 1000000) as day_share,
        case
            when chance(id, 'morning', 580)
                then (pick(id, 'second a', 16200) + pick(id, 'second b', 16200)) // 2
            else 16200 + (pick(id, 'second a', 12000) + pick(id, 'second b', 9000)) // 2
        end as second,
    from routed
),

placed as (
    select
        drawn.* exclude (day_phase, day_share, second),
        case
            when drawn.phase = 'stock'
                then getvariable('day_start') * 28800 - 1 - pick(drawn.id, 'age', drawn.days * 28800 - 7200)
            when drawn.phase = 'reopened'
                then (getvariable('day_start') - 20 - drawn.days) * 28800 + drawn.second
            else arrival_day.day * 28800 + drawn.second
        end as wr,
    from drawn
    asof join arrival_day
        on drawn.season = arrival_day.season
        and drawn.day_phase = arrival_day.phase
        and drawn.day_share >= arrival_day.from_share
)

select
    *,
    case
        when days > 0 then wr + days * 28800
        when wr % 28800 < 20000 then wr - wr % 28800 + 28799
        else wr - wr % 28800 + 28800 + 16199
    end as wdue,
    least(1000, greatest(0, (wr // 28800 - getvariable('day_start')) * 1000
        // (getvariable('day_end') - getvariable('day_start')))) as drift,
from placed;

-- What was received before the units were rearranged went to the agencies of that time.
create table handed as
select
    received.* replace (
        coalesce(earlier.agency_code, received.agency_code) as agency_code,
        coalesce(earlier.agency_out, received.agency_out) as agency_out,
        coalesce(earlier.commune_code, received.commune_code) as commune_code
    ),
    received.wr // 28800 < getvariable('day_rearranged') as is_earlier,
from received
asof left join earlier
    on case when received.wr // 28800 < getvariable('day_rearranged') then received.route_id end = earlier.route_id
    and pick(received.id, 'earlier', 1000) >= earlier.from_share;

create table story as
with

told as (
    select
        *,
        case
            when phase = 'reopened' then 'reopened'
            when phase = 'turned' then case when chance(id, 'turned', 700) then 'refused' else 'cancelled' end
            when source <> 'dvcqg' then 'plain'
            when phase = 'stock' and pick(id, 'story', 1000) < 60 then 'unanswered'
            when phase = 'stock' then 'plain'
            when days < 3 then case when pick(id, 'story', 1000) < 1 then 'withdrawn' else 'plain' end
            when land and pick(id, 'tax', 1000) < 240 then 'tax'
            when pick(id, 'story', 1000) < 40 then 'supplement'
            when pick(id, 'story', 1000) < 44 then 'unanswered'
            when pick(id, 'story', 1000) < 46 then 'stopped'
            when pick(id, 'story', 1000) < 48 then 'recalled'
            when pick(id, 'story', 1000) < 57 then 'withdrawn'
            when pick(id, 'story', 1000) < 65 then 'returned'
            else 'plain'
        end as told,
        case
            when online = 0 then case when chance(id, 'post', 15) then '3' else '1' end
            when pick(id, 'channel', 1000) < online + drift * 260 // 1000 then '2'
            when chance(id, 'post', 25) then '3'
            else '1'
        end as drawn_channel,
    from handed
),

-- Lateness is dealt out exactly: so many in land matters, so many elsewhere, so many still open.
ranked as (
    select
        id,
        land,
        wdue // 28800 < getvariable('day_end') - 15 as in_period,
        row_number() over (
            partition by land, wdue // 28800 < getvariable('day_end') - 15
            order by pick(id, 'late', 1000000000), id
        ) as place,
    from told
    where told = 'plain' and source = 'dvcqg' and phase in ('now', 'stock') and days >= 3
        and wdue // 28800 < getvariable('day_end') - 1
        and (wdue // 28800 < getvariable('day_end') - 15 or wdue // 28800 >= getvariable('day_end') - 8)
),

chosen as (
    select id, case when in_period then 'late' else 'overdue' end as told
    from ranked
    where
        (in_period and land and place <= getvariable('n_late_land'))
        or (in_period and not land and place <= getvariable('n_late_other'))
        or (not in_period and land and place <= getvariable('n_overdue'))
)

select
    told.* exclude (told, drawn_channel),
    coalesce(chosen.told, told.told) as story,
    case when told.phase = 'turned' then '2' else told.drawn_channel end as channel,
from told
left join chosen using (id);

create table timed as
with

shared as (
    select
        *,
        wdue - wr as total,
        greatest(pick(id, 'pace a', 1000), pick(id, 'pace b', 1000)) as pace,
        1 + pick(id, 'pause', 15) as pause,
        days >= 3 and wdue % 28800 < 26000 and chance(id, 'after the hour', 12) as after_the_hour,
    from story
),

-- When the story's own events begin (wa) and when handling goes on after them (wb).
turning as (
    select
        *,
        case
            when story in ('supplement', 'unanswered') then wr + total * (200 + pick(id, 'turn', 400)) // 1000
            when story = 'tax' then wr + total * (450 + pick(id, 'turn', 250)) // 1000
            when story = 'stopped' then wr + total * (200 + pick(id, 'turn', 300)) // 1000
            when story in ('recalled', 'reopened') then wr + total * (300 + pick(id, 'turn', 300)) // 1000
        end as wa,
        case
            when story = 'withdrawn' then wr + 900 + (total - 1000) * pick(id, 'end', 900) // 1000
            when story = 'returned' then wr + 900 + (total - 1000) * pick(id, 'end', 500) // 1000
        end as wout,
    from shared
),

resumed as (
    select
        *,
        case story
            when 'supplement' then wa + pause * 28800 + pick(id, 'resume', 3600)
            when 'tax' then wa + total * (50 + pick(id, 'resume', 150)) // 1000
            when 'stopped' then case when chance(id, 'resumes', 700) then wa + total * 2 // 10 end
            when 'recalled' then wa + total * (50 + pick(id, 'resume', 100)) // 1000
            when 'reopened' then (getvariable('day_start') + 30 + pick(id, 'resume', 100)) * 28800 + 7000
        end as wb,
        case when story = 'supplement' then wdue + pause * 28800
            when story = 'reopened' then (getvariable('day_end') + 20) * 28800 + 7000
        end as wdue2,
        case when story = 'unanswered' and chance(id, 'given up', 500)
            then wa + (20 + pick(id, 'end', 20)) * 28800 end as wlapsed,
    from turning
),

finished as (
    select
        *,
        case
            when story in ('refused', 'cancelled', 'withdrawn', 'returned', 'unanswered', 'reopened') then null
            when story = 'stopped' and wb is null then null
            when story in ('late', 'overdue') then wdue + case story
                when 'late' then (1 + pick(id, 'delay', 12)) * 28800
                else (10 + pick(id, 'delay', 20)) * 28800 end + pick(id, 'end', 1500)
            when phase = 'stock' then getvariable('day_start') * 28800 + 600
                + (wdue - getvariable('day_start') * 28800 - 600) * pace // 1000
            when days = 0 then wr + 300 + pick(id, 'end', least(5400, 28800 - wr % 28800 - 400))
            when after_the_hour and story = 'plain' then wdue + 1 + pick(id, 'end', 2000)
            else coalesce(wb + 300, wr + 600)
                + (coalesce(wdue2, wdue) - coalesce(wb + 300, wr + 600)) * pace // 1000
        end as w9,
    from resumed
),

collected as (
    select
        *,
        case
            when w9 is null then null
            when source <> 'dvcqg' then w9
            when days = 0 then w9 + 20 + pick(id, 'collect', 100)
            when chance(id, 'left lying', 40) then null
            else w9 + 60 + pick(id, 'collect', 3 * 28800)
        end as w10,
        coalesce(wa, wout, w9, wr + total) as wfirst,
    from finished
)

select
    *,
    case when story in ('refused', 'cancelled') then null else wr end as w2,
    wr + 1 + (wfirst - wr) * (10 + pick(id, 'assigned', 20)) // 100 as w4a,
    wr + 2 + (wfirst - wr) * (40 + pick(id, 'examined', 40)) // 100 as w4b,
    coalesce(wb, wr) + 3 + (w9 - coalesce(wb, wr)) * 9 // 10 as w4c,
from collected;

-- Moments, codes and what else a record says; in order of receipt.
create table plan as
with

dated as (
    select
        id, source, agency_code, agency_out, procedure_code, days, land, certification, channel, story, phase,
        coalesce(
            commune_code,
            case when is_earlier then (select list(code order by number) from earlier_commune)[
                1 + pick(id, 'home', getvariable('n_earlier_communes'))
            ] end,
            (select list(code order by number) from commune)[1 + pick(id, 'home', getvariable('n_communes'))]
        ) as commune_code,
        case when channel = '2' then moment_of(wr) - to_seconds(600 + pick(id, 'sent', 57000)) end as t1,
        moment_of(w2) as t2,
        case when w2 is not null and source = 'dvcqg' then moment_of(w4a) end as t4a,
        case when w2 is not null and source = 'dvcqg' and not certification then moment_of(w4b) end as t4b,
        case when story in ('supplement', 'unanswered') then moment_of(wa) end as t5,
        case when story = 'supplement' then moment_of(wb) end as t5b,
        case when story = 'tax' then moment_of(wa) end as t6,
        case when story = 'tax' then moment_of(wb) end as t6b,
        case when story = 'stopped' then moment_of(wa) end as t8,
        case when story = 'stopped' then moment_of(wb) end as t8b,
        case when story in ('recalled', 'reopened') then moment_of(wa) end as t9a,
        case when story in ('recalled', 'reopened') then moment_of(wb) end as t4r,
        case when source = 'dvcqg' and not certification then moment_of(w4c) end as t4c,
        moment_of(w9) as t9,
        moment_of(w10) as t10,
        case story when 'withdrawn' then moment_of(wout) when 'cancelled' then moment_of(wr) end as t7,
        case story when 'returned' then moment_of(wout) when 'refused' then moment_of(wr)
            else moment_of(wlapsed) end as t3,
        moment_of(wdue) as due,
        moment_of(wdue2) as due2,
        case
            when channel <> '2' then 'self'
            when chance(id, 'filer', 690) then 'self'
            when chance(id, 'agent', 100) then 'agent'
            else 'officer'
        end as filed_by,
    from timed
)

select
    agency_code || '-' || strftime(coalesce(t1, t2), '%y%m%d') || '-' || lpad((row_number() over (
        partition by agency_code, coalesce(t1, t2)::date order by coalesce(t1, t2), id
    ))::varchar, 4, '0') as code,
    dated.*,
    procedure_draw.* exclude (procedure_code),
    coalesce(t1, t2) as first_at,
    greatest(t1, t2, t3, t4a, t4b, t4c, t4r, t5, t5b, t6, t6b, t7, t8, t8b, t9a, t9, t10) as last_at,
from dated
inner join procedure_draw using (procedure_code)
order by coalesce(t2, t1), id;

drop table subject;
drop table routed;
drop table received;
drop table handed;
drop table story;
drop table timed;
