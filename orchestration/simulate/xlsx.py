"""A small writer of XLSX whose bytes are the same on every machine.

Belongs here: one sheet of text cells, titles and merged headings, as office systems export them. Does not
belong here: what the cells say.

Members are stored, not deflated: compressed bytes differ between builds of zlib, and the simulation promises
the same bytes for the same seed. Rows arrive as XML made by the engine (`row_xml`), so that a sheet of any
length is written without holding it and without a loop over cells.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

FIXED_DATE = (2022, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOTICE = "Dữ liệu giả lập, không phải số liệu thật | Simulated data, not real figures"


@dataclass(frozen=True)
class Sheet:
    """One sheet to write.

    Attributes:
        name: name of the sheet, at most 31 characters.
        head: first rows, each a list of texts (None = empty cell), from row 1.
        body: XML of the rows after the head, in chunks, as `row_xml` makes it.
        merges: merged ranges (`A1:C1`).
        widths: widths of the columns in characters.
        tail: rows after the body, as (row number, texts).
    """

    name: str
    head: Sequence[Sequence[str | None]]
    body: Iterable[str]
    merges: Sequence[str] = ()
    widths: Sequence[int] = ()
    tail: Sequence[tuple[int, Sequence[str | None]]] = ()


def column_letter(index: int) -> str:
    """Letter of a column, 0 is A."""
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def row_xml(columns: Sequence[str], row_number: str) -> str:
    """SQL expression that gives the XML of one row of text cells; a null makes an empty cell.

    Args:
        columns: SQL expressions of type varchar, in the order of the sheet.
        row_number: SQL expression of the row's number in the sheet, from 1.
    """
    cells = [
        f"coalesce('<c r=\"{column_letter(index)}' || ({row_number}) || '\" t=\"inlineStr\"><is><t>' || "
        f"replace(replace(replace({column}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</t></is></c>', '')"
        for index, column in enumerate(columns)
    ]
    return f"'<row r=\"' || ({row_number}) || '\">' || " + " || ".join(cells) + " || '</row>'"


def table_sheet(name: str, title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Sheet:
    """A sheet with a merged title row, one row of headings and the records below them."""
    last = column_letter(len(headings) - 1)
    return Sheet(
        name=name,
        head=[[title], headings],
        body=(_row(number, row) for number, row in enumerate(rows, 3)),
        merges=[f"A1:{last}1"],
        widths=[max(12, len(heading) + 4) for heading in headings],
    )


def write_workbook(path: Path, sheet: Sheet) -> None:
    """Write one sheet as an XLSX file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, text in _parts(sheet.name).items():
            archive.writestr(_member(name), _DECLARATION + text)
        with archive.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as handle:
            handle.write((_DECLARATION + _opening(sheet)).encode())
            for chunk in sheet.body:
                handle.write(chunk.encode())
            for number, texts in sheet.tail:
                handle.write(_head_row(number, texts).encode())
            handle.write(_closing(sheet).encode())


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FIXED_DATE)
    info.create_system = 0
    return info


def _head_row(number: int, texts: Sequence[str | None]) -> str:
    cells = "".join(
        f'<c r="{column_letter(index)}{number}" s="1" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for index, text in enumerate(texts)
        if text is not None
    )
    return f'<row r="{number}">{cells}</row>'


def _row(number: int, values: Sequence[object]) -> str:
    cells = "".join(
        f'<c r="{column_letter(index)}{number}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
        for index, value in enumerate(values)
        if value is not None
    )
    return f'<row r="{number}">{cells}</row>'


def _opening(sheet: Sheet) -> str:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(sheet.widths, 1)
    )
    columns = f"<cols>{widths}</cols>" if widths else ""
    head = "".join(_head_row(number, texts) for number, texts in enumerate(sheet.head, 1))
    return f'<worksheet xmlns="{_MAIN}">{columns}<sheetData>{head}'


def _closing(sheet: Sheet) -> str:
    merges = "".join(f'<mergeCell ref="{reference}"/>' for reference in sheet.merges)
    merged = f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else ""
    return f"</sheetData>{merged}</worksheet>"


def _parts(sheet_name: str) -> dict[str, str]:
    """The fixed members of the package."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_NOTICE}</dc:title><dc:creator>cchc simulate</dc:creator>"
        f"<cp:keywords>simulated</cp:keywords><dc:description>{_NOTICE}</dc:description>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2022-01-01T00:00:00Z</dcterms:created>'
        "</cp:coreProperties>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><sheets>'
        f'<sheet name="{escape(sheet_name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/>'
        '<name val="Times New Roman"/></font><font><b/><sz val="11"/><name val="Times New Roman"/></font>'
        '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
        '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/>'
        '<bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" '
        'fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" '
        'borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" '
        'applyFont="1"/></cellXfs></styleSheet>',
    }
