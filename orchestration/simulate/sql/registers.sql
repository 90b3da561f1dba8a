-- Dossiers of one register that were received or returned since the last extract, as text of its columns.
select
    row_number() over (order by t2, id) as number,
    code,
    procedure_code,
    procedure_name as summary,
    '1' as copies,
    ['Bùi', 'Đinh', 'Quách', 'Hà', 'Sùng', 'Vàng', 'Khà', 'Giàng'][1 + pick(id, 'family', 8)] || ' Mẫu ' || id as applicant,
    'Xóm ' || (1 + pick(id, 'hamlet', 9)) as address,
    '0000' || lpad(pick(id, 'phone', 1000000)::varchar, 6, '0') as phone,
    case channel when '2' then 'Trực tuyến' when '3' then 'Bưu chính' else 'Trực tiếp' end as channel,
    strftime(t2, '%d/%m/%Y %H:%M:%S') as received_at,
    strftime(due, '%d/%m/%Y %H:%M:%S') as due_at,
    case when t10 < getvariable('cut') then strftime(t10, '%d/%m/%Y %H:%M:%S') end as returned_at,
    'Cán bộ Mẫu ' || (1 + pick(id, 'clerk', 2)) as clerk,
    strftime(case when t10 < getvariable('cut') then t10 else t2 end, '%d/%m/%Y %H:%M:%S') as updated_at,
from plan
where
    source = getvariable('register_source')
    and t2 < getvariable('cut')
    and (t2 >= getvariable('previous_cut')
        or (t10 >= getvariable('previous_cut') and t10 < getvariable('cut')))
