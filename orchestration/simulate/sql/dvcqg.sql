-- Dossiers of the national portal whose record changed since the last extract, as they stood at this one.
with

masked as (
    select
        * exclude (t1, t2, t3, t4a, t5, t5b, t6, t6b, t7, t8, t8b, t9a, t4r, t9, t10),
        case when t1 < cut then t1 end as t1,
        case when t2 < cut then t2 end as t2,
        case when t3 < cut then t3 end as t3,
        case when t4a < cut then t4a end as t4a,
        case when t5 < cut then t5 end as t5,
        case when t5b < cut then t5b end as t5b,
        case when t6 < cut then t6 end as t6,
        case when t6b < cut then t6b end as t6b,
        case when t7 < cut then t7 end as t7,
        case when t8 < cut then t8 end as t8,
        case when t8b < cut then t8b end as t8b,
        case when t9a < cut then t9a end as t9a,
        case when t4r < cut then t4r end as t4r,
        case when t9 < cut then t9 end as t9,
        case when t10 < cut then t10 end as t10,
    from (
        select
            *,
            getvariable('cut') as cut,
        from plan
        where source = 'dvcqg' and first_at < getvariable('cut') and last_at >= getvariable('previous_cut')
    )
),

stood as (
    select
        *,
        greatest(
            t1, t2, t3, t4a,
            case when t4b < cut then t4b end, case when t4c < cut then t4c end,
            t5, t5b, t6, t6b, t7, t8, t8b, t9a, t4r, t9, t10
        ) as updated_at,
        case
            when t10 is not null then '10'
            when t9 is not null then '9'
            when t7 is not null then '7'
            when t3 is not null then '3'
            when t4r is not null then '4'
            when t9a is not null then '9'
            when t8b is not null or t6b is not null or t5b is not null then '4'
            when t8 is not null then '8'
            when t6 is not null then '6'
            when t5 is not null then '5'
            when t4a is not null then '4'
            when t2 is not null then '2'
            else '1'
        end as status,
        coalesce(t9, case when t4r is null then t9a end) as finished_at,
        case when t5b is not null or (t4r is not null and due2 is not null) then due2 else due end as due_now,
        list_transform(
            range(1 + pick(id, 'papers', 2)),
            lambda n: {
                'MaThanhPhanHoSo': 'TP' || lpad((n + 1)::varchar, 2, '0'),
                'DuocSoHoa': chance(id, 'scan' || n, case when channel = '2' then 960 else 330 end)::int::varchar,
                'DuocTaiSuDung': case
                    when chance(id, 'reuse' || n, 110) then '1' when chance(id, 'reuse' || n, 150) then '2' else '0'
                end
            }
        ) as papers,
    from masked
)

select
    code as "MaHoSo",
    procedure_code as "MaTTHC",
    sector_code as "MaLinhVuc",
    sector_name as "TenLinhVuc",
    channel as "KenhThucHien",
    case filed_by when 'self' then '1' when 'officer' then '2' else '3' end as "NguoiNopHoSo",
    case
        when business then 'Công ty TNHH Mẫu ' || id
        else
            ['Bùi', 'Đinh', 'Quách', 'Hà', 'Nguyễn', 'Trần', 'Lê', 'Phạm'][1 + pick(id, 'family', 8)]
            || [' Văn', ' Thị'][1 + pick(id, 'middle', 2)] || ' Mẫu ' || id
    end as "ChuHoSo",
    case when business then '2' when chance(id, 'kind', 985) then '1' else '4' end as "LoaiDoiTuong",
    case
        when filed_by = 'officer' and chance(id, 'placeholder', 300) then '000000001'
        else '000' || lpad(pick(id, 'identity', 1000000000)::varchar, 9, '0')
    end as "SoGiayToChuHoSo",
    case
        when filed_by = 'officer' then '0000' || lpad(pick(len(agency_code) + commune_code::int, 'desk', 900)::varchar, 6, '0')
        else '0000' || lpad(pick(id, 'phone', 1000000)::varchar, 6, '0')
    end as "SoDienThoai",
    commune_code as "MaXaDiaBan",
    strftime(coalesce(t1, t2), '%Y%m%d%H%M%S') as "NgayNopHoSo",
    strftime(t2, '%Y%m%d%H%M%S') as "NgayTiepNhan",
    case when t2 is not null then strftime(due_now, '%Y%m%d%H%M%S') end as "NgayHenTra",
    strftime(finished_at, '%Y%m%d%H%M%S') as "NgayKetThucXuLy",
    strftime(coalesce(t10, t7), '%Y%m%d%H%M%S') as "NgayTra",
    strftime(t3, '%Y%m%d%H%M%S') as "NgayTuChoi",
    status as "TrangThaiHoSo",
    case when channel = '3' or chance(id, 'by post', 40) then '1' else '0' end as "HinhThuc",
    agency_out as "DonViXuLy",
    (len(list_filter(papers, lambda paper: paper."DuocSoHoa" = '1')) > 0)::int::varchar as "HoSoCoThanhPhanSoHoa",
    case
        when fee > 0 and channel = '2' and chance(id, 'pays', 430) then '1'
        when fee > 0 and chance(id, 'pays', 30) then '3'
        else '0'
    end as "DuocThanhToanTrucTuyen",
    papers as "TaiLieuNop",
    case when fee > 0 then [{'MaPhiLePhi': 'LP01', 'Gia': fee::varchar}] else [] end as "DanhSachLePhi",
    case
        when t5 is not null then [{
            'NgayBoSung': strftime(t5, '%Y%m%d%H%M%S'),
            'NgayTiepNhanBoSung': strftime(t5b, '%Y%m%d%H%M%S'),
            'NgayHenTraTruoc': strftime(due, '%Y%m%d%H%M%S'),
            'NgayHenTraMoi': case when t5b is not null then strftime(due2, '%Y%m%d%H%M%S') end
        }]
        else []
    end as "DanhSachHoSoBoSung",
    case
        when status in ('9', '10') and chance(id, 'electronic', 360 + (channel = '2')::int * 480)
            then [{'MaGiayToKetQua': 'KQ.' || sector_code}]
        else []
    end as "DanhSachGiayToKetQua",
    chance(id, 'synced', 986)::int::varchar as "DaDongBo",
    strftime(updated_at, '%Y%m%d%H%M%S') as "NgayCapNhat",
from stood
where updated_at >= getvariable('previous_cut')
